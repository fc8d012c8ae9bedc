"""Bodies and queries read into their forms: what is wrong is said in words, by field, and without what was sent."""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from functions.forms import Days
from functions.forms.account import Counts
from functions.forms.operator import Inbox
from functions.forms.requests import Pause, RightsRequest
from functions.forms.visitor import Behind
from functions.reading import asked, body, days
from imchat.errors import InvalidInput

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LETTER = {"type": "access", "channel": "letter", "received_at": "2026-11-01T10:00:00+00:00"}


def sent(form: Any, **fields: Any) -> Any:
    return body(SimpleNamespace(raw_body=json.dumps(fields).encode()), form)


def query(form: Any, **parameters: str) -> Any:
    return asked(SimpleNamespace(query_params=parameters or None), form)


@pytest.mark.parametrize(
    ("form", "fields", "kind", "field", "words"),
    [
        (RightsRequest, LETTER | {"received_at": "2026-11-01T10:00:00"}, "invalid_value", "received_at", "its offset"),
        (RightsRequest, LETTER | {"received_at": "yesterday"}, "invalid_value", "received_at", "a time, as 2026"),
        (RightsRequest, LETTER | {"received_at": 7}, "wrong_type", "received_at", "must be"),
        (
            RightsRequest,
            LETTER | {"identity": {"decision": "maybe", "method": "code", "at": LETTER["received_at"]}},
            "invalid_value",
            "identity.decision",
            "one of: proven, not_proven.",
        ),
        (RightsRequest, LETTER | {"identity": 7}, "wrong_type", "identity", "an object"),
        (Pause, {"why": "x", "asked_on": "31/01/2026"}, "invalid_value", "asked_on", "a day, as 2026-01-31"),
        (Pause, {"why": "x", "then": 1}, "unknown_field", "then", "no such field"),
    ],
)
def test_a_body_that_is_not_its_form(form: Any, fields: Any, kind: str, field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent(form, **fields)
    assert (refused.value.kind, refused.value.field) == (kind, field)
    assert words in refused.value.detail
    assert "maybe" not in refused.value.detail


@pytest.mark.parametrize(
    ("form", "parameters", "kind", "field", "words"),
    [
        (Inbox, {"status": "lost"}, "invalid_value", "status", "one of: open, closed."),
        (Inbox, {"limit": "many"}, "invalid_value", "limit", "a whole number"),
        (Behind, {"after": "-1"}, "bad_cursor", "after", "not allowed"),
        (Behind, {"after": "x"}, "bad_cursor", "after", "a whole number"),
        (Counts, {"from": "today"}, "invalid_value", "from", "a day, as 2026-01-31"),
        (Counts, {"format": "xml"}, "invalid_value", "format", "one of: json, csv."),
    ],
)
def test_a_query_that_is_not_its_form(form: Any, parameters: Any, kind: str, field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        query(form, **parameters)
    assert (refused.value.kind, refused.value.field) == (kind, field)
    assert words in refused.value.detail


def test_a_query_has_defaults_and_what_nobody_asks_for_is_left_alone() -> None:
    found = query(Inbox, limit="7", cachebuster="1")
    assert (found.status, found.assigned, found.limit, found.next) == ("open", "all", 7, "")
    assert query(Inbox).limit == 50


def test_days_are_the_last_thirty_or_those_asked_for_in_order_and_not_too_many() -> None:
    assert days(query(Days), NOON) == (date(2026, 10, 26), date(2026, 11, 24))
    assert days(query(Days, to="2026-01-31"), NOON) == (date(2026, 1, 2), date(2026, 1, 31))
    for wrong in ({"from": "2026-12-01"}, {"from": "2020-01-01"}, {"to": "0001-01-02"}):
        with pytest.raises(InvalidInput):
            days(query(Days, **wrong), NOON)
