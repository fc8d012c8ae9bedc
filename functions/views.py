"""How what the library answers looks in JSON."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from imchat.clock import rfc3339
from imchat.live import frames
from imchat.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.shapes import account, desk, operator, visitor
    from imchat.chat.deleting import Receipt
    from imchat.chat.inbox import Listing
    from imchat.chat.posting import Posted
    from imchat.chat.reading import Reading
    from imchat.desk.lookups import Found
    from imchat.live.subscribing import Watched
    from imchat.prover.finding import Finding
    from imchat.prover.proof import Proof
    from imchat.stores.accounts import CannedReply, Operator, Site
    from imchat.stores.chats import Chat
    from imchat.stores.evidence import Entry
    from imchat.stores.records import Record, Records
    from imchat.stores.visits import VisitDay

# Of so many chats a frame (32 KB) holds how they stand.
_SHOWN = 4


def site(found: "Site", language: str, now: datetime) -> "visitor.PublicSite":
    """A site, as the widget needs it before anything is asked."""
    from imchat.register.notice import UPDATED, widget_text
    from imchat.register.words import LANGUAGES, choose

    languages = list(found.languages) if found.languages else None
    language = choose(language, languages or LANGUAGES, found.language)
    texts = (found.texts or {}).get(language, {})
    website = found.website
    online, opens_at = found.online(now), found.opens_at(now)
    return {
        "site_id": found.site_id,
        "name": found.name,
        "online": online,
        "opens_at": rfc3339(opens_at) if opens_at else None,
        "colour": found.colour,
        "language": found.language,
        "languages": languages,
        "texts": {"welcome": texts.get("welcome"), "away": texts.get("away")},
        "notice": {
            "text": widget_text(language, found.period, website.controller),
            "url": f"{settings().web_url}/notice?site={found.site_id}",
            "updated": UPDATED.isoformat(),
            "site_policy_url": found.policy_url,
            "controller": website.controller,
            "address": website.address,
            "contact": website.contact,
        },
        "poll_interval_ms": int(found.poll_interval_ms),
        "websocket_url": settings().websocket_url,
    }


def opened(chat: "Chat", token: str) -> "visitor.Opened":
    """A chat just opened."""
    return {
        "chat_id": chat.pk,
        "token": token,
        "cursor": chat.length,
        "status": chat.status,
        "websocket_url": settings().websocket_url,
        "expires_at": rfc3339(int(chat.expires_at) * 1000),
    }


def posted(post: "Posted", *, staff: bool = False) -> "visitor.Posted":
    """A message in its place."""
    return {"message": frames.message(post.cursor, post.message, post.chat, staff=staff)}


def reading(found: "Reading", *, staff: bool = False) -> "visitor.Conversation":
    """What was said behind a cursor, and how the chat stands."""
    return {
        "messages": [frames.message(cursor, said, found.chat, staff=staff) for cursor, said in found.messages],
        "cursor": found.cursor,
        "more": found.more,
        "status": found.chat.status,
        "transcript": frames.transcript(found.chat),
        "read": frames.read_marks(found.chat),
        "expires_at": rfc3339(int(found.chat.expires_at) * 1000),
    }


def watching(found: "Watched") -> dict[str, Any]:
    """What an operator is told from here on: how far each chat goes; of a few, also how they stand."""
    shown = [frames.listed(one) for one in found.chats] if len(found) <= _SHOWN else []
    return {"type": "watching", "chats": found, "shown": shown}


def closed(chat: "Chat") -> "visitor.Closed":
    """A chat that has ended, and what becomes of the copy."""
    return {"status": chat.status, "transcript": chat.transcript}


def receipt(done: "Receipt") -> "visitor.Receipt":
    """What a deletion removed and what is retained."""
    return {
        "removed": [{"what": what, "count": number} for what, number in done.removed],
        "retained": [
            {"what": kept.what, "why": kept.why, "until": rfc3339(kept.until) if kept.until else None}
            for kept in done.retained
        ],
    }


def listing(found: "Listing") -> "operator.Inbox":
    """A page of the inbox."""
    return {"chats": [frames.listed(one) for one in found.chats], "next": found.next}


def canned(reply: "CannedReply") -> "operator.CannedReply":
    """A canned reply."""
    return {"id": reply.canned_id, "shortcut": reply.shortcut, "text": reply.text}


def presence(found: "Site", operators: "list[Operator]", me: str, now: datetime) -> "operator.Presence":
    """Who is there: this operator, the site as visitors see it, and the colleagues."""
    return {"present": found.is_present(me, now), **frames.staff_presence(found, operators, now)}


def visits(day: "VisitDay") -> "account.DayVisits":
    """A day's visits."""
    return {"day": day.sk, **_visits(day)}


def longer_visits(found: "VisitDay") -> "account.LongerVisits":
    """The visits that were added to a month or a year."""
    return {"period": found.sk, **_visits(found)}


def _visits(day: "VisitDay") -> "account.VisitCounts":
    return {
        "views": int(day.views),
        "visitors": int(day.visitors),
        "bots": int(day.bots),
        "paths": {path: int(number) for path, number in day.paths.as_dict().items()},
        "referrers": {host: int(number) for host, number in day.referrers.as_dict().items()},
    }


def found(store: "Records", items: "Found") -> Any:
    """What a look-up of the desk found."""
    return {"items": [record(store, item, matched) for item, matched in items.items], "next": items.next}


def record(store: "Records", item: "Record", matched: "frozenset[str]" = frozenset()) -> Any:
    """A record as the desk sees it: all of its fields but what the system keeps for itself. ``matched`` is what of the
    person it was found by; by the name alone it is only a candidate."""
    from imchat.register.fields import BOOKKEEPING, Spelling
    from imchat.register.store import unsure

    fields = {
        name: plain(getattr(item, name))
        for name in item.get_attributes()
        if store.field(name) is not BOOKKEEPING and not isinstance(store.field(name), Spelling)
    }
    shown = {"id": fields.pop("pk"), **fields, "at": rfc3339(int(item.at))}
    for seconds in ("expires_at", "period_ends", "untold_until"):
        if shown.get(seconds):
            shown[seconds] = rfc3339(int(shown[seconds]) * 1000)
    for milliseconds in ("sent_at", "approved_at"):
        if shown.get(milliseconds) is not None:
            shown[milliseconds] = rfc3339(int(shown[milliseconds]))
    shown["unlock"] = unlock(item.unlock)
    if matched:
        shown |= {"matched": sorted(matched), "candidate": unsure(matched)}
    return shown


def unlock(found: Any) -> "desk.Unlock | None":
    """An unlock of something restricted."""
    if not found:
        return None
    return {
        "ground": found.ground,
        "because": found.because,
        "by": found.by,
        "at": rfc3339(int(found.at)),
        "approver": found.approver,
        "until": rfc3339(int(found.until) * 1000) if found.until else None,
    }


def restricted(store: str, item: Any, now: "datetime") -> "desk.Restricted":
    """Something restricted: nothing that it says."""
    from imchat.stores.unlocks import unlocked

    return {"store": store, "id": item.pk, "unlocked": unlocked(item, now), "unlock": unlock(item.unlock)}


def plain(value: Any) -> Any:
    if hasattr(value, "as_dict"):
        return value.as_dict()
    return [plain(one) for one in value] if isinstance(value, list) else value


def viewed(entry: "Entry") -> "desk.View":
    """That somebody looked at something."""
    return {"about": entry.pk, "by": entry.actor, "at": rfc3339(int(entry.at))}


def proof(made: "Proof", findings: "Mapping[str, Finding]") -> "desk.Proof":
    """What the prover found, with what the public page does not say."""
    from imchat.prover.checks import CHECKS

    return {
        "made_at": made.made_at,
        "promises": [
            {
                "number": promise.number,
                "words": promise.words,
                "state": promise.state,
                "since": promise.since,
                "last": promise.last,
                "sentence": promise.sentence,
                "checks": [
                    {
                        "name": check.name,
                        "says": check.says,
                        "state": findings[check.name].outcome,
                        "technical": findings[check.name].technical,
                    }
                    for check in CHECKS
                    if promise.number in check.promises and check.name in findings
                ],
            }
            for promise in made.promises
        ],
    }
