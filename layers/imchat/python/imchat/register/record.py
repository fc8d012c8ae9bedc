"""The record of processing activities (UK GDPR Art 30), made from the register: for machines and as CSV."""

import csv
import io
from typing import TYPE_CHECKING, Any

from imchat.register.activity import RECOVERY, Activity
from imchat.register.controller import CONTACT, CONTROLLER, SAFEGUARDS, TRANSFERS
from imchat.register.stores import activities
from imchat.register.words import kept_in_words, period_in_words
from imchat.tabular import harmless

if TYPE_CHECKING:
    from imchat import shapes


def record() -> "shapes.RegisterRecord":
    """The whole record. Holds nothing about anybody."""
    return {
        "controller": CONTROLLER,
        "contact": CONTACT,
        "transfers_to_third_countries": TRANSFERS,
        "safeguards": SAFEGUARDS,
        "backups_kept_for": period_in_words(RECOVERY),
        "activities": [_activity(activity) for activity in activities()],
    }


def record_csv() -> str:
    """The record as CSV (RFC 4180), a line for each activity."""
    whole = record()
    common = {key: value for key, value in whole.items() if key != "activities"}
    out = io.StringIO()
    lines = [activity | common for activity in whole["activities"]]
    writer = csv.DictWriter(out, fieldnames=list(lines[0]))
    writer.writeheader()
    for line in lines:
        writer.writerow({key: harmless(_joined(value)) for key, value in line.items()})
    return out.getvalue()


def _activity(activity: Activity) -> "shapes.RecordActivity":
    return {
        "name": activity.name,
        "title": activity.title,
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
