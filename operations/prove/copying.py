"""The copy of a chat goes to the address that was given, and to no other."""

import boto3

from infra.local.feedback import published
from operations.prove import inbox
from operations.prove.people import Visitor
from operations.prove.play import Play, Step
from operations.prove.report import Broken


def to_oneself(play: Play) -> str:
    """The mail itself is read."""
    inbox.needs(play.stage)
    visitor, address = play.chat("own"), play.canary.email
    visitor.call("POST", "/close").of(200)
    (mail, *more) = play.stage.until("the copy's arrival", lambda: inbox.mails(play.stage, address))
    if more:
        raise Broken(f"{1 + len(more)} mails came instead of one")
    missing = [what for what in ("question", "more", "reply") if play.words(what) not in mail.text]
    if missing:
        raise Broken(f"the copy lacks {len(missing)} of 3 messages")
    return "one mail came to the address given, with all that was said"


def taken(play: Play) -> str:
    """SES delivers it."""
    visitor = _with_copy(play, "success")
    return f"the copy to SES's simulator is {visitor.copy_state()}"


def sent_back(play: Play) -> str:
    """A mailbox that is none."""
    return _refused(play, "bounce")


def called_spam(play: Play) -> str:
    """A mailbox whose owner complains."""
    return _refused(play, "complaint")


def _refused(play: Play, kind: str) -> str:
    visitor = _with_copy(play, kind)
    if play.stage.emulator:
        told = published(kind, play.canary.simulated(kind), visitor.chat_id)
        boto3.client("sns").publish(TopicArn=play.stage.outputs["MailEvents"], Message=told)
    play.stage.until("the page's notice of it", lambda: visitor.copy_state() == "bounced")
    again = _with_copy(play, kind, name=f"{kind} again")
    if again.copy_state() != "bounced":
        raise Broken("another copy went to that address")
    return "the page says that the mail did not arrive, and no other copy goes there"


def _with_copy(play: Play, kind: str, name: str = "") -> Visitor:
    """A chat with somebody at SES's simulator, at its end, when its copy is away or refused."""
    visitor = play.open(name or kind, email=play.canary.simulated(kind), text=play.words(kind))
    play.staff["operator"].answer(visitor.chat_id, play.words("away"))
    visitor.call("POST", "/close").of(200)
    play.stage.until("sending the copy", lambda: visitor.copy_state() in ("sent", "bounced", "failed"))
    if visitor.copy_state() == "failed":
        raise Broken("the copy could not be sent")
    return visitor


STEPS = (
    Step("N6", "a copy goes to the address given", to_oneself),
    Step("N6", "a copy that the mailbox takes is sent", taken),
    Step("N6", "a copy that comes back is told, and none follows it", sent_back),
    Step("N6", "who calls a copy spam gets no other", called_spam),
)
