"""A visitor and an operator talk."""

from datetime import datetime

from imchat import canaries
from imchat.clock import now
from imchat.stores.chats import ACTIVITY as CHATS
from operations.prove.api import Api
from operations.prove.play import Play, Step
from operations.prove.report import Broken

# A number that fits the rule of card numbers and is nobody's: makers of cards publish it for trying.
_CARD = "4111 1111 1111 1111"


def notice(play: Play) -> str:
    """What is shown before anything is asked."""
    api = Api(play.stage.address)
    shown = api("GET", f"/v1/sites/{canaries.SITE_ID}").of(200).json["notice"]
    if not shown["text"] or not shown["url"] or not shown["controller"]:
        raise Broken("the website's notice lacks its text, its link or who answers for it")
    api("GET", "/notice").of(200)
    return f"the notice of {shown['updated']} is shown and opens"


def talk(play: Play) -> str:
    """The widget is there, and both hear each other."""
    Api(play.stage.address)("GET", "/widget.js").of(200)
    canary, question, reply = play.canary, play.words("question"), play.words("reply")
    visitor = play.open("own", name=canary.name, email=canary.email, phone=canary.phone, text=question)
    visitor.say(play.words("more"))
    play.staff["operator"].answer(visitor.chat_id, reply)
    heard = [message["text"] for message in visitor.read()["messages"]]
    if heard != [question, play.words("more"), reply]:
        raise Broken(f"of 3 messages {len(heard)} stand in the chat, or in another order")
    return "widget.js is served; 3 messages were written, and stand in their order"


def card(play: Play) -> str:
    """A card number is kept nowhere."""
    visitor = play.chat("own")
    visitor.say(f"{play.words('card')} {_CARD}")
    said = visitor.read()["messages"][-1]["text"]
    if _CARD in said or _CARD.replace(" ", "") in said:
        raise Broken("a card number stands in the chat")
    return "a card number that was written is masked"


def period(play: Play) -> str:
    """The end of a chat is known when it is opened."""
    ends = datetime.fromisoformat(play.chat("own").expires_at)
    if ends.timestamp() > CHATS.expires_at(now()):
        raise Broken(f"the chat ends on {ends:%d %B %Y}")
    return f"the chat ends on {ends:%d %B %Y %H:%M}, by its website's shorter period"


def anonymous(play: Play) -> str:
    """Who gives nothing may talk."""
    visitor = play.open("anonymous", text=play.words("nobody"))
    play.staff["operator"].answer(visitor.chat_id, play.words("welcome"))
    return "a chat without any detail was opened and answered"


def no_copy(play: Play) -> str:
    """And gets no copy."""
    visitor = play.chat("anonymous")
    state = visitor.call("POST", "/close").of(200).json["transcript"]
    if state != "no_address":
        raise Broken(f"the copy of a chat without an address is {state}")
    visitor.call("POST", "/transcript").of(409)
    return "at its end there was no copy, and none can be asked for"


STEPS = (
    Step("N2", "why, how long and the notice are told before anything is asked", notice),
    Step("N24", "one script on the page is all it takes to talk", talk),
    Step("N22", "no card number is kept", card),
    Step("N17", "a chat is kept for 12 months at most", period),
    Step("N4", "name and address may be left out", anonymous),
    Step("N7", "without an address there is no copy", no_copy),
)
