"""What a letter about a rights request says of websites: which were searched, what was done on each, which of them
answer themselves."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imchat.mail.letter_words import Block
    from imchat.mail.letters import Letter

# The letters that answer a request, and what was done where it says so.
_ANSWERS = {
    "ready": "",
    "nothing_held": "",
    "erased": "deleted",
    "rectified": "corrected",
    "restricted": "restricted",
    "objection_upheld": "done as you wished",
}


def scope(letter: "Letter") -> "Iterable[Block]":
    """The blocks at the end of an answer; none for other letters."""
    if letter.what not in _ANSWERS:
        return
    if letter.websites:
        yield "say", ("Of this, by website:",)
        yield "list", tuple(_by_website(letter))
    if letter.everywhere:
        yield "say", ("We have searched all websites for which we answer such requests.",)
    if letter.elsewhere:
        yield (
            "say",
            (
                "These websites have used our chat with you and answer requests themselves. Their data are not part of "
                "this answer. We have passed your request on to them; you can also reach them here:",
            ),
        )
        yield "list", tuple(f"{name}: {contact}" for name, contact in letter.elsewhere)


def _by_website(letter: "Letter") -> Iterator[str]:
    """A line for each website."""
    lines: dict[str, list[str]] = {}
    for one in letter.websites:
        parts = ((one.changed, _ANSWERS[letter.what]), (one.kept, "kept"))
        said = ", ".join(f"{number} {word}" for number, word in parts if number)
        if said:
            lines.setdefault(one.website, []).append(f"{one.title}, {said}")
    for website, done in lines.items():
        yield f"{website or 'Further websites'}: {'; '.join(done)}"
