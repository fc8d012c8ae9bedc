"""How rights requests look in JSON, to whoever answers them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from functions.views import plain
from imchat.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.shapes import requests as shapes
    from imchat.rights.numbers import Numbers
    from imchat.rights.review import Slice
    from imchat.stores.limits import Limit, Mail
    from imchat.stores.requests import Request


def rights_request(
    found: "Request", now: datetime, found_so_far: "Mapping[str, Any] | None" = None
) -> "shapes.Request":
    """A rights request with its clock: null until it starts. ``identity_due`` is by when proof must come;
    ``found_so_far`` what stores found while others are still searched; ``answer_came``: the clock stands still, and
    what it waits for may have come by mail."""
    from imchat.rights.clocks import answer_came, identity_due
    from imchat.rights.scope import everywhere

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
        "post": found.post,
        "answer_to": _answer_to(found),
        "correspondence_id": found.correspondence_id,
        "chat_id": found.chat_id,
        "choices": list(found.choices or ()),
        "automatic": bool(found.automatic),
        "spam": bool(found.spam),
        "follows": found.follows,
        "answers": [
            {
                "correspondence_id": one.correspondence_id,
                "at": rfc3339(int(one.at)),
                "another": bool(one.another),
                "automatic": bool(one.automatic),
            }
            for one in found.answers
        ],
        "answer_came": answer_came(found),
        "identity": {
            "decision": "proven" if found.identity else "not_proven",
            "method": found.identity_method,
            "at": rfc3339(int(found.identity_at)),
        }
        if found.identity_at
        else None,
        "identity_due": None if found.identity or found.type == "complaint" else identity_due(found).isoformat(),
        "authority": {"what": found.authority, "at": rfc3339(int(found.authority_at))} if found.authority else None,
        "clock": _clock(found, now),
        "pauses": [plain(one) for one in found.pauses],
        "extended_because": found.extended_because,
        "extended_for": found.extended_for,
        "ended_because": found.ended_because,
        "progress": _progress(found, found_so_far or {}),
        "everywhere": everywhere(found),
        "elsewhere": _elsewhere(found),
        "described": [
            {
                "website": one.site_id,
                "since": rfc3339(int(one.since)),
                "until": rfc3339(int(one.until)),
                "words": one.words,
                "by": one.by,
            }
            for one in found.described
        ],
        "judged": [plain(one) | {"at": rfc3339(int(one.at))} for one in found.judged],
        "redactions": [plain(one) | {"at": rfc3339(int(one.at))} for one in found.redactions],
        "corrections": [plain(one) for one in found.corrections],
        "taken": sorted(found.taken or ()),
        "reviewed_by": sorted(found.reviewed_by or ()),
        "approved": {"by": found.approved_by, "at": rfc3339(int(found.approved_at))} if found.approved_at else None,
        "decision": found.decision,
        "ground": found.ground,
        "not_done": found.not_done,
        "log_removal": plain(found.log_removal) if found.log_removal else None,
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
        "letters": [
            {
                "what": one.what,
                "at": rfc3339(int(one.at)),
                "outcome": one.outcome,
                "website": one.website,
                "elsewhere": bool(one.elsewhere),
                "sent_on": one.sent_on,
                "sent_how": one.sent_how,
            }
            for one in found.letters
        ],
        "documents": len(found.documents),
        "events": [{"at": rfc3339(int(one.at)), "what": one.what, "by": one.by} for one in found.events],
        "expires_at": rfc3339(int(found.expires_at) * 1000),
    }


def _answer_to(found: "Request") -> "shapes.AnswerAddress | None":
    answer_to = found.answer_to
    if not answer_to:
        return None
    return {
        "name": answer_to.name,
        "email": answer_to.email,
        "post": answer_to.post,
        "authority": answer_to.authority,
        "untold_because": answer_to.untold_because,
        "by": answer_to.by,
        "at": rfc3339(int(answer_to.at)),
        "approved_by": answer_to.approved_by,
        "approved_at": rfc3339(int(answer_to.approved_at)) if answer_to.approved_at else None,
    }


def with_mail(
    found: "Request",
    suppressions: "Mapping[Mail, Limit]",
    now: datetime,
    found_so_far: "Mapping[str, Any] | None" = None,
) -> "shapes.RequestWithMail":
    """As rights_request, with what stops each kind of mail to its address."""
    mail: shapes.MailSuppressed = {
        "letters": _suppressed(suppressions.get("letter")),
        "transcripts": _suppressed(suppressions.get("transcript")),
    }
    return {**rights_request(found, now, found_so_far), "mail": mail}


def _suppressed(mark: "Limit | None") -> "shapes.Suppressed | None":
    if mark is None:
        return None
    return {"since": rfc3339(int(mark.at)) if mark.at else None, "reason": str(mark.reason)}


def listed(found: "Request", now: datetime) -> "shapes.RequestListed":
    """A rights request in a list: without what the person wrote."""
    shown: Any = rights_request(found, now)
    del shown["details"]
    return cast("shapes.RequestListed", shown)


def _clock(found: "Request", now: datetime) -> "shapes.Clock | None":
    from imchat.rights.clocks import clock_of, waiting
    from imchat.rights.deadlines import london

    running = clock_of(found, now)
    if running is None:
        return None
    return {
        "start": running.start.isoformat(),
        "due": running.due.isoformat(),
        "extended_due": running.extended_due.isoformat(),
        "target": running.target.isoformat(),
        "tell_by": running.tell_by.isoformat(),
        "paused_days": running.paused_days,
        "paused": waiting(found),
        "extended": running.extended,
        "days_left": running.days_left(london(now)),
    }


def _progress(found: "Request", found_so_far: "Mapping[str, Any]") -> "shapes.Progress":
    """Where a request's flow stands, and what each store found."""
    from imchat.register.stores import stores
    from imchat.stores.requests import SEARCH

    searched = found.searched.as_dict() if found.searched else found_so_far
    progress: list[shapes.StoreProgress] = []
    for one in stores():
        if not one.activity.categories:
            continue
        shown: shapes.StoreProgress = {
            "store": one.name,
            "title": one.activity.title,
            "state": "searching" if found.step == SEARCH else "waiting",
        }
        if counts := searched.get(one.name):
            shown |= {"state": "done", "found": int(counts["found"]), "candidates": int(counts["candidates"])}
        progress.append(shown)
    return {"step": found.step, "failed": found.failed, "stores": progress}


def _elsewhere(found: "Request") -> "list[shapes.Elsewhere]":
    """The websites that answer themselves and hold something that was found."""
    from imchat.rights.scope import WEBSITE

    letters = {one.website: one for one in found.letters if one.website}
    return [
        {
            "site_id": one.site_id,
            "name": one.name,
            "contact": one.contact,
            "item": f"{WEBSITE}{one.site_id}",
            "certain": bool(one.certain),
            "taken": bool(one.certain) or f"{WEBSITE}{one.site_id}" in (found.taken or ()),
            "passed_at": rfc3339(int(letters[one.site_id].at)) if one.site_id in letters else None,
            "outcome": letters[one.site_id].outcome if one.site_id in letters else None,
        }
        for one in found.elsewhere
    ]


def _done(found: "Request") -> "list[shapes.StoreReceipt]":
    from imchat.register.stores import stores

    done = found.done.as_dict() if found.done else {}
    return [
        {
            "store": one.name,
            "title": one.activity.title,
            "changed": int(done[one.name]["changed"]),
            "kept": [
                {
                    "number": int(number),
                    "why": why,
                    "until": rfc3339(int(until)) if until else None,
                    "law": law[0] if law else None,
                }
                for number, why, until, *law in done[one.name]["kept"]
            ],
        }
        for one in stores()
        if one.name in done
    ]


def finding(request: "Request", slice_: "Slice") -> "shapes.Finding":
    """Something that was found for a request, or a slice of it, with the numbers by which lines and files of it are
    left out."""
    from imchat.rights.proof import is_candidate
    from imchat.rights.scope import name_of

    found = slice_.item
    reference, candidate = str(found.reference), is_candidate(request, found.reference)
    return {
        "item": reference,
        "title": found.title,
        "website": {
            "site_id": found.reference.site_id,
            "name": str(name_of(request, found.reference.site_id)),
        }
        if found.reference.site_id
        else None,
        "until": found.until.isoformat() if found.until else None,
        "matched": sorted(found.reference.matched),
        "candidate": candidate,
        "taken": not candidate or reference in (request.taken or ()),
        "facts": [
            {"fact": number, "name": fact.name, "value": fact.value}
            for number, fact in enumerate(found.facts, start=slice_.place.fact)
        ],
        "files": [
            {"file": one.number, "name": one.name, "content_type": one.content_type, "size": one.size}
            for one in found.files
        ],
        "more": slice_.more,
    }


def correctable(store: str) -> "list[shapes.Correctable]":
    """What may be corrected in a store: the fields' names, here and as an answer calls them."""
    from imchat.register.fields import Personal
    from imchat.register.stores import store as store_named

    found = store_named(store)
    fields = ((name, found.field(name)) for name in found.rectifiable)
    return [{"field": name, "name": field.label} for name, field in fields if isinstance(field, Personal)]


def numbers(found: "Numbers", first: date, last: date) -> "shapes.Numbers":
    """The desk's numbers of some days."""
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "open": dict(found.open),
        "overdue": found.overdue,
        "ended": dict(found.ended),
        "by_type": dict(found.by_type),
        "by_channel": dict(found.by_channel),
        "on_time_percent": found.on_time_percent,
        "median_days": found.median_days,
    }
