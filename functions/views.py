"""How what the library answers looks in JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from imchat.clock import rfc3339
from imchat.live import frames
from imchat.settings import settings

if TYPE_CHECKING:
    from imchat.chat.deleting import Receipt
    from imchat.chat.inbox import Listing
    from imchat.chat.posting import Posted
    from imchat.chat.reading import Reading
    from imchat.desk.lookups import Found
    from imchat.register.store import Exported
    from imchat.stores.accounts import CannedReply, Operator, Site
    from imchat.stores.chats import Chat
    from imchat.stores.evidence import Entry
    from imchat.stores.records import Record, Records
    from imchat.stores.requests import Request
    from imchat.stores.visits import VisitDay


def site(found: "Site", language: str, now: datetime) -> dict[str, Any]:
    """A site, as the widget needs it before anything is asked."""
    from imchat.register.notice import UPDATED, widget_text
    from imchat.register.words import LANGUAGES, choose

    languages = list(found.languages) if found.languages else None
    language = choose(language, languages or LANGUAGES, found.language)
    texts = (found.texts or {}).get(language, {})
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
            "text": widget_text(language, found.period),
            "url": f"{settings().web_url}/notice",
            "updated": UPDATED.isoformat(),
            "site_policy_url": found.policy_url,
        },
        "poll_interval_ms": int(found.poll_interval_ms),
        "websocket_url": settings().websocket_url,
    }


def opened(chat: "Chat", token: str) -> dict[str, Any]:
    """A chat just opened."""
    return {
        "chat_id": chat.pk,
        "token": token,
        "cursor": chat.length,
        "status": chat.status,
        "websocket_url": settings().websocket_url,
        "expires_at": rfc3339(int(chat.expires_at) * 1000),
    }


def posted(post: "Posted", *, staff: bool = False) -> dict[str, Any]:
    """A message in its place."""
    return {"message": frames.message(post.cursor, post.message, post.chat, staff=staff)}


def reading(found: "Reading", *, staff: bool = False) -> dict[str, Any]:
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


def receipt(done: "Receipt") -> dict[str, Any]:
    """What a deletion removed and what is retained."""
    return {
        "removed": [{"what": what, "count": number} for what, number in done.removed],
        "retained": [
            {"what": kept.what, "why": kept.why, "until": rfc3339(kept.until) if kept.until else None}
            for kept in done.retained
        ],
    }


def listing(found: "Listing") -> dict[str, Any]:
    """A page of the inbox."""
    return {"chats": [frames.chat(one) for one in found.chats], "next": found.next}


def canned(reply: "CannedReply") -> dict[str, Any]:
    """A canned reply."""
    return {"id": reply.canned_id, "shortcut": reply.shortcut, "text": reply.text}


def presence(found: "Site", operators: "list[Operator]", me: str, now: datetime) -> dict[str, Any]:
    """Who is there: this operator, the site as visitors see it, and the colleagues."""
    return {"present": found.is_present(me, now), **frames.staff_presence(found, operators, now)}


def visits(day: "VisitDay") -> dict[str, Any]:
    """A day's visits."""
    return {
        "day": day.sk,
        "views": int(day.views),
        "visitors": int(day.visitors),
        "bots": int(day.bots),
        "paths": {path: int(number) for path, number in day.paths.as_dict().items()},
        "referrers": {host: int(number) for host, number in day.referrers.as_dict().items()},
    }


def found(store: "Records", items: "Found") -> dict[str, Any]:
    """What a look-up of the desk found."""
    return {"items": [record(store, item, matched) for item, matched in items.items], "next": items.next}


def record(store: "Records", item: "Record", matched: "frozenset[str]" = frozenset()) -> dict[str, Any]:
    """A record as the desk sees it: all of its fields but what the system keeps for itself. ``matched`` is what of the
    person it was found by; by the name alone it is only a candidate."""
    from imchat.register.fields import BOOKKEEPING, Spelling

    fields = {
        name: _plain(getattr(item, name))
        for name in item.get_attributes()
        if store.field(name) is not BOOKKEEPING and not isinstance(store.field(name), Spelling)
    }
    shown = {"id": fields.pop("pk"), **fields, "at": rfc3339(int(item.at))}
    for seconds in ("expires_at", "period_ends", "untold_until"):
        if shown.get(seconds):
            shown[seconds] = rfc3339(int(shown[seconds]) * 1000)
    for milliseconds in ("sent_at", "approved_at"):
        if shown.get(milliseconds):
            shown[milliseconds] = rfc3339(int(shown[milliseconds]))
    if matched:
        shown |= {"matched": sorted(matched), "candidate": matched == {"name"}}
    return shown


def _plain(value: Any) -> Any:
    if hasattr(value, "as_dict"):
        return value.as_dict()
    return [_plain(one) for one in value] if isinstance(value, list) else value


def rights_request(found: "Request", now: datetime, found_so_far: "Mapping[str, Any] | None" = None) -> dict[str, Any]:
    """A rights request with its clock: null until it starts. ``identity_due`` is by when proof must come;
    ``found_so_far`` what stores found while others are still searched."""
    from imchat.rights.deadlines import london
    from imchat.rights.requests import clock_of, identity_due, waiting

    running = clock_of(found, now)
    days = ("start", "due", "extended_due", "target", "tell_by")
    return {
        "reference": found.pk,
        "type": found.type,
        "channel": found.channel,
        "state": found.status,
        "received_at": rfc3339(int(found.at)),
        "name": found.name,
        "email": found.email,
        "phone": found.phone,
        "details": found.details,
        "correspondence_id": found.correspondence_id,
        "identity": {
            "decision": "proven" if found.identity else "not_proven",
            "method": found.identity_method,
            "at": rfc3339(int(found.identity_at)),
        }
        if found.identity_at
        else None,
        "identity_due": None if found.identity or found.type == "complaint" else identity_due(found).isoformat(),
        "authority": {"what": found.authority, "at": rfc3339(int(found.authority_at))} if found.authority else None,
        "clock": {day: getattr(running, day).isoformat() for day in days}
        | {
            "paused_days": running.paused_days,
            "paused": waiting(found),
            "extended": running.extended,
            "days_left": running.days_left(london(now)),
        }
        if running
        else None,
        "pauses": [_plain(one) for one in found.pauses],
        "extended_because": found.extended_because,
        "ended_because": found.ended_because,
        "progress": _progress(found, found_so_far or {}),
        "redactions": [_plain(one) | {"at": rfc3339(int(one.at))} for one in found.redactions],
        "corrections": [_plain(one) for one in found.corrections],
        "taken": sorted(found.taken or ()),
        "reviewed_by": sorted(found.reviewed_by or ()),
        "approved": {"by": found.approved_by, "at": rfc3339(int(found.approved_at))} if found.approved_at else None,
        "decision": found.decision,
        "answered_at": rfc3339(int(found.answered_at)) if found.answered_at else None,
        "copy": {
            "sha256": found.copy.sha256,
            "size": int(found.copy.size),
            "until": rfc3339(int(found.copy.until)),
        }
        if found.copy
        else None,
        "links": [{"at": rfc3339(int(one.at)), "by": one.by} for one in found.links],
        "fetched_at": next((rfc3339(int(one.at)) for one in reversed(found.links) if one.by == "requester"), None),
        "receipt": _done(found),
        "recipients_to_tell": sorted(found.told_to or ()),
        "letters": [{"what": one.what, "at": rfc3339(int(one.at)), "outcome": one.outcome} for one in found.letters],
        "documents": len(found.documents),
        "events": [{"at": rfc3339(int(one.at)), "what": one.what, "by": one.by} for one in found.events],
        "expires_at": rfc3339(int(found.expires_at) * 1000),
    }


def _progress(found: "Request", found_so_far: "Mapping[str, Any]") -> dict[str, Any]:
    """Where a request's flow stands, and what each store found."""
    from imchat.register.stores import stores
    from imchat.stores.requests import SEARCH

    searched = found.searched.as_dict() if found.searched else found_so_far
    under_way = "searching" if found.step == SEARCH else "waiting"
    return {
        "step": found.step,
        "failed": found.failed,
        "stores": [
            {"store": one.name, "title": one.activity.title}
            | (
                {"state": "done", **{name: int(searched[one.name][name]) for name in ("found", "candidates")}}
                if one.name in searched
                else {"state": under_way}
            )
            for one in stores()
            if one.activity.categories
        ],
    }


def _done(found: "Request") -> list[dict[str, Any]]:
    from imchat.register.stores import stores

    done = found.done.as_dict() if found.done else {}
    return [
        {
            "store": one.name,
            "title": one.activity.title,
            "changed": int(done[one.name]["changed"]),
            "kept": [
                {"number": int(number), "why": why, "until": rfc3339(int(until)) if until else None}
                for number, why, until in done[one.name]["kept"]
            ],
        }
        for one in stores()
        if one.name in done
    ]


def finding(request: "Request", found: "Exported") -> dict[str, Any]:
    """Something that was found for a request, with the numbers by which lines and files of it are left out."""
    reference = str(found.reference)
    return {
        "item": reference,
        "title": found.title,
        "until": found.until.isoformat() if found.until else None,
        "candidate": found.reference.candidate,
        "taken": not found.reference.candidate or reference in (request.taken or ()),
        "facts": [{"fact": number, "name": fact.name, "value": fact.value} for number, fact in enumerate(found.facts)],
        "files": [
            {"file": one.number, "name": one.name, "content_type": one.content_type, "size": one.size}
            for one in found.files
        ],
    }


def correctable(store: str) -> list[dict[str, str]]:
    """What may be corrected in a store: the fields' names, here and as an answer calls them."""
    from imchat.register.fields import Personal
    from imchat.register.stores import store as store_named

    found = store_named(store)
    fields = ((name, found.field(name)) for name in found.rectifiable)
    return [{"field": name, "name": field.label} for name, field in fields if isinstance(field, Personal)]


def viewed(entry: "Entry") -> dict[str, Any]:
    """That somebody looked at something."""
    return {"about": entry.pk, "by": entry.actor, "at": rfc3339(int(entry.at))}
