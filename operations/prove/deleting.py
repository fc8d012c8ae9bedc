"""Visitors delete what they said."""

from datetime import datetime, timedelta
from typing import Any

from imchat.clock import now
from operations.prove.people import SIMULATED
from operations.prove.play import Play, Step
from operations.prove.report import Broken

# A year, whichever.
_LOG_LASTS = timedelta(days=365)
_NAMES = ("anonymous", *SIMULATED, "bounce again", "complaint again")


def delete(play: Play) -> str:
    """Every chat but the one that is asked about later."""
    there = [play.chats[name] for name in _NAMES if name in play.chats]
    if not there:
        play.chat("anonymous")
    for visitor in there:
        receipt = visitor.call("DELETE").of(200).json
        removed = {one["what"] for one in receipt["removed"]}
        if not {"chat", "messages"} <= removed:
            raise Broken("a receipt does not name the chat and its messages")
        visitor.call("GET", "/messages?after=0").of(404)
        _kept(receipt)
    return f"{len(there)} chats are gone at once, each with a receipt"


def _kept(receipt: dict[str, Any]) -> datetime:
    """Until when the receipt says that the system log is kept."""
    for one in receipt["retained"]:
        if one["why"] == "evidence of use":
            return datetime.fromisoformat(one["until"])
    raise Broken("a receipt does not say that the system log is kept, and why")


def log(play: Play) -> str:
    """Of a chat with a name and an address."""
    visitor = play.open("last", name=play.canary.name, email=play.canary.simulated("success"))
    until = _kept(visitor.call("DELETE").of(200).json)
    if until < now() + _LOG_LASTS - timedelta(days=1):
        raise Broken(f"the system log is kept until {until:%d %B %Y} only")
    return f"the receipt says: evidence of use, until {until:%d %B %Y}"


STEPS = (
    Step("N18", "a chat is deleted in its entirety when its visitor says so", delete),
    Step("N19", "the system log keeps name and address for 12 months, and the receipt says so", log),
)
