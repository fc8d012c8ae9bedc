"""What went wrong, from what was promised and what was found. Pure: what it is given is all it knows."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.load.journal import Chat, Said, Story

KINDS = ("lost", "doubled", "out of order", "never said", "mails", "counts", "not deleted")


class Verdict:
    """Complaints by kind; each names the chat and the page."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {kind: [] for kind in KINDS}

    def complain(self, kind: str, what: str) -> None:
        self.found[kind].append(what)

    @property
    def number(self) -> int:
        return sum(len(some) for some in self.found.values())


def judge_chat(chat: Chat, verdict: Verdict) -> None:
    """Each message that was promised stands in its place on each page that followed the chat, once."""
    promised = sorted(chat.promised)
    for place, said in enumerate(promised, start=1):
        if said.cursor != place:
            kind = "lost" if said.cursor < place else "never said"
            verdict.complain(kind, f"{chat.chat_id}: at {place}, where “{said.text}” has {said.cursor}")
            break
    _once(promised, f"{chat.chat_id}: promised", verdict)
    for story in chat.stories:
        _judge_story(promised, story, f"{chat.chat_id}: {story.who}", verdict)


def _judge_story(promised: Sequence[Said], story: Story, where: str, verdict: Verdict) -> None:
    until = len(promised) if story.whole else story.cursor
    expected = [one for one in promised if one.cursor <= until and (story.notes or one.by != "note")]
    _once(story.seen, where, verdict)
    for said in expected:
        if said not in story.seen:
            verdict.complain("lost", f"{where}: “{said.text}”")
    for said in story.seen:
        if said not in expected:
            verdict.complain("never said", f"{where}: “{said.text}”")
    if story.seen != sorted(story.seen):
        verdict.complain("out of order", where)


def _once(said: Sequence[Said], where: str, verdict: Verdict) -> None:
    for text, times in Counter(one.text for one in said).items():
        if times > 1:
            verdict.complain("doubled", f"{where}: “{text}” {times} times")


def judge_mails(chat: Chat, mails: int, verdict: Verdict) -> None:
    """One mail for each copy that was asked for; of a chat that was deleted since, none is owed any more."""
    if not (0 if chat.deleted else chat.copies) <= mails <= chat.copies:
        verdict.complain("mails", f"{chat.chat_id}: {mails} instead of {chat.copies}")


def judge_counts(chats: Sequence[Chat], visits: int, counted: Mapping[str, int], verdict: Verdict) -> None:
    """A site's statistics say what was done: no chat that is still open, each other once."""
    for name, number in expected_counts(chats, visits).items():
        if counted.get(name, 0) != number:
            verdict.complain("counts", f"{name}: {counted.get(name, 0)} instead of {number}")


def judge_shown(shown: Mapping[str, int], counted: Mapping[str, int], verdict: Verdict) -> None:
    """The owner is shown no count below five, and never more than was counted."""
    for name, number in shown.items():
        if name != "visits" and not name.endswith(":other") and not 5 <= number <= counted.get(name, 0):
            verdict.complain("counts", f"shown: {name}: {number} of {counted.get(name, 0)}")


def expected_counts(chats: Sequence[Chat], visits: int) -> dict[str, int]:
    """All counts of a site."""
    ended = [one for one in chats if one.closed or one.deleted]
    expected = Counter({"chats": len(ended), "visits": visits, "outcome:closed": 0, "outcome:deleted": 0})
    expected["outcome:closed"] = sum(one.closed for one in ended)
    expected["outcome:deleted"] = sum(not one.closed for one in ended)
    for by in ("visitor", "operator"):
        expected[f"messages:{by}"] = sum(said.by == by for one in ended for said in one.promised)
    for score in range(1, 6):
        expected[f"rating:{score}"] = sum(one.rating == score for one in ended)
    return dict(expected)
