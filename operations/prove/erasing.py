"""Somebody asks that what is held about them be deleted; two of the staff see to it."""

from typing import Any

from imchat.clock import now
from operations.prove import inbox
from operations.prove.accessing import at_step
from operations.prove.api import Api
from operations.prove.play import Play, Step
from operations.prove.report import Broken


def ask(play: Play) -> str:
    """By letter, which one of the staff takes in."""
    inbox.needs(play.stage)
    before = len(inbox.codes(play.stage, play.canary.email))
    asked = {"type": "erasure", "channel": "letter", "received_at": now().isoformat(), "email": play.canary.email}
    taken_in = play.staff["desk"]("POST", "/v1/desk/requests", asked | {"name": play.canary.name}).of(201).json
    reference = play.references["erasure"] = taken_in["reference"]
    code = inbox.next_code(play.stage, play.canary.email, before)
    Api(play.stage.address)("POST", f"/v1/rights-requests/{reference}/code", {"code": code}).of(200)
    at_step(play, reference, "review")
    play.chat("own").read()
    return "taken in at the desk, proven by a mailed code; nothing is deleted before it is approved"


def approve(play: Play) -> str:
    """By another than who took it in."""
    path = f"/v1/desk/requests/{play.request('erasure')}"
    play.staff["desk"]("POST", f"{path}/approve").of(403)
    play.staff["second"]("POST", f"{path}/approve").of(200)
    return "who took it in may not approve it; somebody else did"


def receipt(play: Play) -> str:
    """What was deleted, what is kept."""
    erased = at_step(play, play.request("erasure"), "done")
    stores: dict[str, Any] = {one["store"]: one for one in erased["receipt"]}
    if stores["chats"]["changed"] != 1 or stores["chats"]["kept"]:
        raise Broken("the receipt does not say that the chat is deleted")
    play.chat("own").call("GET", "/messages?after=0").of(404)
    for store in ("evidence", "requests"):
        if not all(one["until"] for one in stores[store]["kept"]) or not stores[store]["kept"]:
            raise Broken(f"the receipt does not say until when {stores[store]['title']} are kept")
    return "the chat is gone; the receipt says what is kept, why, and until when"


def told(play: Play) -> str:
    """The person gets the receipt."""
    subjects = play.stage.until(
        "the mail with the receipt",
        lambda: [one for one in inbox.mails(play.stage, play.canary.email) if one.subject.endswith(": deleted")],
    )
    if play.request("erasure") not in subjects[-1].subject:
        raise Broken("the mail of the deletion names another request")
    return "a mail tells the person what was deleted"


STEPS = (
    Step("N18", "nothing is deleted before who asks is known and staff have looked", ask),
    Step("N13", "two people of the staff decide", approve),
    Step("N18", "what is held is deleted, with a receipt of what is kept", receipt),
    Step("N18", "who asked is told", told),
)
