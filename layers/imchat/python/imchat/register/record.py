"""The record of processing activities (UK GDPR Art 30), made from the register: for machines and as CSV."""

import csv
import io
from typing import TYPE_CHECKING, Any

from imchat.register.activity import RECOVERY, Activity
from imchat.register.controller import (
    CONTACT,
    CONTROLLER,
    SAFEGUARDS,
    Website,
    particulars,
    region,
    transfers,
)
from imchat.register.notice import as_told, sub_processors
from imchat.register.stores import activities
from imchat.register.words import kept_in_words, period_in_words
from imchat.tabular import harmless

if TYPE_CHECKING:
    from imchat import shapes


# What the desk of a website takes in is the website's too, whatever the register's own role is.
_DESK = (
    "What the website's own staff record at its desk: calls, emails, purchases, data-protection requests, disclosures"
)


def record(website: Website | None = None) -> "shapes.RegisterRecord":
    """The whole record, with what is done on behalf of ``website``, whose staff ask. Holds nothing about anybody."""
    ours = particulars()
    return {
        "controller": CONTROLLER,
        "contact": CONTACT,
        "address": ours.address or None,
        "company_number": ours.company_number or None,
        "data_protection_officer": ours.officer or None,
        "representative": ours.representative or None,
        "transfers_to_third_countries": transfers(region()),
        "safeguards": SAFEGUARDS,
        "backups_kept_for": period_in_words(RECOVERY),
        "activities": [_activity(activity) for activity in activities()],
        "as_processor": _as_processor(website),
    }


def _as_processor(website: Website | None) -> "shapes.ProcessorRecord":
    """Art 30(2): who acts, on whose behalf, what is done, where it goes and how it is kept safe."""
    ours = particulars()
    return {
        "processor": CONTROLLER,
        "contact": CONTACT,
        "address": ours.address or None,
        "data_protection_officer": ours.officer or None,
        "representative": ours.representative or None,
        "on_behalf_of": [as_told(website)] if website else [],
        "categories_of_processing": [
            *(f"{one.title}: {one.purpose}" for one in activities() if one.role == "processor"),
            _DESK,
        ],
        "sub_processors": sub_processors(region()),
        "transfers_to_third_countries": transfers(region()),
        "safeguards": SAFEGUARDS,
    }


def record_csv(website: Website | None = None) -> str:
    """The record as CSV (RFC 4180), a line for each activity; those of role "processor" say on whose behalf."""
    whole = record(website)
    common = {key: value for key, value in whole.items() if key not in ("activities", "as_processor")}
    acting = (
        ", ".join(part for part in (website.controller, website.address, website.contact) if part) if website else ""
    )
    out = io.StringIO()
    lines = [
        activity | common | {"on_behalf_of": acting if activity["role"] == "processor" else ""}
        for activity in whole["activities"]
    ]
    writer = csv.DictWriter(out, fieldnames=list(lines[0]))
    writer.writeheader()
    for line in lines:
        writer.writerow({key: harmless(_joined(value)) for key, value in line.items()})
    return out.getvalue()


def _activity(activity: Activity) -> "shapes.RecordActivity":
    return {
        "name": activity.name,
        "title": activity.title,
        "role": activity.role,
        "purpose": activity.purpose,
        "lawful_basis": activity.lawful_basis,
        "data_subjects": activity.people,
        "categories_of_data": list(activity.categories),
        "source": activity.source,
        "recipients": list(activity.recipients),
        "time_limit": kept_in_words(activity),
        "on_erasure": activity.erasure,
        "retained_because": activity.retained_because,
        "in_backups": activity.recoverable,
    }


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)
