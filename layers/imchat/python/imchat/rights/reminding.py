"""What the desk is told of each morning: requests that are due in 14, 7 or 2 days, and those that are overdue. By
reference only: who asked stands nowhere in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from imchat import aws
from imchat.rights.clocks import answer_came, ask_for_proof_by, clock_of, identity_due, told_on, waiting
from imchat.rights.deadlines import ASKING, REMINDERS, Deadline, london
from imchat.rights.letters import unsent
from imchat.rights.requests import all_open
from imchat.settings import settings
from imchat.stores import limits
from imchat.stores.requests import COMPLAINT, Request

# From the second day after receipt on.
_ASK_DAYS = ASKING.days - 2


@dataclass(frozen=True)
class Reminder:
    """That something is due on a request. ``days_left`` is negative once it is overdue. ``answer_came``: its clock
    stands still, and a mail has come that may end that."""

    reference: str
    what: str
    due: date
    days_left: int
    answer_came: bool = False

    def __str__(self) -> str:
        if self.answer_came:
            return f"{self.reference}: an answer has come while the clock stands still: see whether it goes on"
        days = f"{abs(self.days_left)} day{'' if abs(self.days_left) == 1 else 's'}"
        left = f"overdue by {days}" if self.days_left < 0 else f"due in {days}" if self.days_left else "due today"
        return f"{self.reference}: {self.what} {left} ({self.due.day} {self.due:%B %Y})"


def reminders(requests: Iterable[Request], now: datetime) -> list[Reminder]:
    """What is to be told of open ``requests`` on the day of ``now``; nothing of what is answered, or while a clock
    stands still, but that it may go on."""
    today, found = london(now), []
    for request in requests:
        clock = clock_of(request, now)
        found.extend(_to_send(request, clock, today))
        if request.answered_at:
            continue
        if clock and waiting(request):
            if answer_came(request):
                days_left = (clock.due - today).days
                found.append(Reminder(request.pk, "the answer is", clock.due, days_left, answer_came=True))
            continue
        due = clock.due if clock else identity_due(request)
        days_left = (due - today).days
        if _is_told(days_left):
            what = _what(request) if clock else "proof of identity is"
            found.append(Reminder(request.pk, what, due, days_left))
        ask_by = ask_for_proof_by(request)
        if ask_by and 0 <= (ask_by - today).days <= _ASK_DAYS:
            found.append(
                Reminder(request.pk, "the letter that asks for proof of identity is", ask_by, (ask_by - today).days)
            )
    return sorted(found, key=lambda one: (one.due, one.reference))


def _what(request: Request) -> str:
    if request.type != COMPLAINT:
        return "the answer is"
    return "word on the complaint, or what came of it, is" if told_on(request) else "the acknowledgement is"


def _to_send(request: Request, clock: Deadline | None, today: date) -> list[Reminder]:
    """Of the letters that the desk is to send itself: the answer, and that it takes longer. A complaint's own clock
    watches its letters."""
    if clock is None or request.type == COMPLAINT:
        return []
    found = []
    for one in unsent(request):
        due = clock.tell_by if one.what == "extended" else clock.due if request.answered_at else None
        if due and _is_told(days_left := (due - today).days):
            what = f"the letter “{one.what.replace('_', ' ')}”, which the desk sends itself, is"
            found.append(Reminder(request.pk, what, due, days_left))
    return found


def _is_told(days_left: int) -> bool:
    return days_left in REMINDERS or days_left <= 0


def remind(now: datetime) -> tuple[int, int]:
    """Tell the desk, in one message a day, if there is anything to tell. Answers (how many were told of, how many of
    them are overdue)."""
    found = reminders(all_open(now), now)
    overdue = sum(one.days_left < 0 and not one.answer_came for one in found)
    today = f"reminded#{london(now).isoformat()}"
    if found and not limits.marked(today, now):
        aws.client("sns").publish(
            TopicArn=settings().alarms_topic,
            Subject=f"Data-protection requests: {len(found)} due soon or overdue",
            Message="\n".join(str(one) for one in found),
        )
        limits.mark(today, now + timedelta(days=2))
    return len(found), overdue
