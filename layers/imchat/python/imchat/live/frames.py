"""How chats and what is said look to those who are told: the API's answers and the frames alike."""

from datetime import datetime
from typing import TYPE_CHECKING

from imchat import clock
from imchat.clock import rfc3339

if TYPE_CHECKING:
    from imchat import shapes
    from imchat.stores.accounts import Operator, Site
    from imchat.stores.chats import Chat
    from imchat.stores.messages import Message

# What the inbox shows of what was said last.
LAST_WORDS = 120


def message(cursor: int, said: "Message", chat: "Chat", *, staff: bool = False) -> "shapes.Message":
    """One message. A visitor sees an operator's public name and their own client ids; staff see who wrote."""
    view: shapes.Message = {"cursor": cursor, "by": said.by, "text": said.text, "at": rfc3339(said.at)}
    if said.operator:
        view["name"] = chat.operator_name(said.operator)
        if staff:
            view["operator_id"] = said.operator
    if staff or said.by == "visitor":
        view["client_id"] = said.client_id
    return view


def transcript(chat: "Chat") -> "shapes.Transcript":
    """Where the copy is."""
    return {"state": chat.transcript, "at": rfc3339(int(chat.transcript_at)) if chat.transcript_at else None}


def read_marks(chat: "Chat") -> "shapes.ReadMarks":
    """How far each side has read."""
    return {"visitor": int(chat.read_visitor), "staff": int(chat.read_staff)}


def person(chat: "Chat") -> "shapes.Person":
    """Who the visitor says they are."""
    from imchat.stores.chats import VOUCHED

    verified = [field for field in VOUCHED if field in (chat.vouched or ())]
    return {"name": chat.name, "email": chat.email, "phone": chat.phone, "verified": verified}


def unread(found: "Chat") -> int:
    """How many messages the visitor has written since the staff last read or answered, as far back as the open end
    goes."""
    count = 0
    for place, said in enumerate(reversed(found.messages)):
        if said.by == "operator" or found.length - place <= found.read_staff:
            break
        count += said.by == "visitor"
    return count


def waiting_since(found: "Chat") -> int | None:
    """Since when (epoch milliseconds) the visitor of an open chat waits: their first message after the staff's last, as
    far back as the open end goes. None where nobody waits."""
    from imchat.stores.chats import OPEN

    since = None
    for said in reversed(found.messages if found.status == OPEN else ()):
        if said.by == "operator":
            break
        if said.by == "visitor":
            since = said.at
    return since


def _state(found: "Chat") -> "shapes.ChatState":
    since = waiting_since(found)
    last = next((said for said in reversed(found.messages) if said.by != "note"), None)
    return {
        "chat_id": found.pk,
        "status": found.status,
        "opened_at": rfc3339(int(found.opened_at)),
        "closed_at": rfc3339(int(found.closed_at)) if found.closed_at else None,
        "expires_at": rfc3339(int(found.expires_at) * 1000),
        "here": bool(found.connections("v")),
        "language": found.language,
        "page_url": found.page_url,
        "assigned_to": found.assigned_to,
        "cursor": found.length,
        "read": read_marks(found),
        "message_count": int(found.visitor_messages) + int(found.operator_messages),
        "unread": unread(found),
        "waiting": since is not None,
        "waiting_since": None if since is None else rfc3339(since),
        "last_message": {"by": last.by, "text": last.text, "at": rfc3339(last.at)} if last else None,
        "transcript": transcript(found),
        "rating": {"score": int(found.rating), "comment": found.comment} if found.rating else None,
    }


def chat(found: "Chat") -> "shapes.Chat":
    """A chat as staff see it who look at it, without its messages. ``here`` tells whether its visitor is connected."""
    where: shapes.PersonSeen = {
        **person(found),
        "ip": found.ip_at(clock.now()),
        "country": found.country,
        "browser": found.browser,
    }
    return {**_state(found), "visitor": where}


def listed(found: "Chat") -> "shapes.ChatListed":
    """A chat as the inbox shows it, and as it is pushed to whoever has the inbox open: no address, number or comment,
    and of the last message no more than LAST_WORDS characters."""
    state = _state(found)
    if state["last_message"]:
        state["last_message"]["text"] = cut(state["last_message"]["text"])
    if state["rating"]:
        state["rating"]["comment"] = None
    known = person(found)
    return {
        **state,
        "visitor": {
            "name": known["name"],
            "verified": known["verified"],
            "country": found.country,
            "browser": found.browser,
        },
    }


def unseen(found: "Chat") -> "shapes.ChatListed":
    """A chat as it is pushed to staff whose view of it this hour's log does not say (N19): how it stands, and nothing
    of its visitor. Their page asks for more, which is recorded."""
    nobody: shapes.PersonListed = {"name": None, "verified": [], "country": None, "browser": None}
    return {
        **_state(found),
        "language": None,
        "page_url": None,
        "last_message": None,
        "rating": None,
        "visitor": nobody,
    }


def cut(text: str) -> str:
    """The first LAST_WORDS characters of a text, the last of them an ellipsis where there were more."""
    return text if len(text) <= LAST_WORDS else f"{text[: LAST_WORDS - 1]}…"


def staff_presence(site: "Site", operators: "list[Operator]", now: datetime) -> "shapes.StaffPresence":
    """Who of the staff is there, and whether the site is online for its visitors."""
    return {
        "online": site.online(now),
        "operators": [
            {"operator_id": one.operator_id, "name": one.name, "present": site.is_present(one.operator_id, now)}
            for one in operators
        ],
    }
