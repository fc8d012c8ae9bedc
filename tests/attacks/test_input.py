"""What callers send that no field takes: too long, too deep, too large, packed, at the ends of time, and addresses that
lead elsewhere. Each is refused as the caller's doing. One field's own rules: tests/unit/test_text.py and
tests/flow/test_bad_input.py; frames: tests/unit/test_frames.py; mail: tests/unit/test_mail_incoming.py; a copy to be
checked: tests/unit/test_verify.py."""

import gzip
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.desk import CSV_BYTES
from functions.reading import BODY_BYTES
from infra.build import ROOT
from tests.attacks.callers import GROUPS, Callers
from tests.attacks.matrix import NOWHERE, ROWS, Row
from tests.flow.client import Answer, Api

pytestmark = pytest.mark.usefixtures("tables")
LONG = "a" * 3000
DAY_1, LAST_DAY = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"
LETTER = {"type": "access", "channel": "letter", "received_at": "2026-11-01T10:00:00+00:00", "name": "Ada"}
WITH_BODY = [row for row in ROWS if row.method in ("POST", "PUT", "PATCH") and not isinstance(row.body, str | None)]


@pytest.fixture(scope="module")
def callers(stack: dict[str, Any]) -> Callers:
    return Callers.of(stack)


@pytest.fixture(scope="module")
def visitor(callers: Callers) -> Any:
    visitor = callers.site.visitor()
    visitor.open(text="Hello")
    return visitor


def is_refused(answer: Answer) -> None:
    assert 400 <= answer.status < 500, (answer.status, answer.body)
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def by(callers: Callers, visitor: Any, row: Row) -> tuple[Api, str]:
    """Who may call a route, and its address."""
    token = callers.token(row.group if row.group in GROUPS else "visitor", row.group, visitor, visitor)
    places = NOWHERE | {"reference": "a" * 26, "number": "1", "store": "correspondence", "chat_id": visitor.chat_id}
    return Api(callers.stack, token), row.path.format(**places)


HOSTILE = {
    "large": json.dumps({"text": "x" * BODY_BYTES}).encode(),
    "deep": b"[" * 16_000,
    "deep objects": b'{"a":' * 6_000,
    "deep in its fields": b'{"text":' + b"[" * 15_000 + b"]" * 15_000 + b"}",
    "a huge number": b'{"score": 1' + b"0" * 5_000 + b"}",
    "a number beyond all": b'{"score": 1e999999999}',
    "lone surrogate": b'{"text": "\\ud800"}',
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "gzip": gzip.compress(b'{"text": "Hello"}'),
    "a bomb": gzip.compress(b'{"text": "Hello"}' + b" " * 30_000_000),
    "names that JavaScript knows": b'{"__proto__": {}, "constructor": 1}',
    "nothing but spaces": b" " * 1000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_no_route_takes_a_body_that_is_none(callers: Callers, visitor: Any, what: str) -> None:
    for row in WITH_BODY:
        api, path = by(callers, visitor, row)
        encoding = {"Content_Encoding": "gzip"} if what in ("gzip", "a bomb") else {}
        is_refused(api(row.method, path, raw=HOSTILE[what], **encoding))


def test_the_bomb_is_one_that_is_small_enough_to_be_looked_at() -> None:
    """Whoever unpacks it has thirty megabytes, of JSON that some routes take."""
    assert len(HOSTILE["a bomb"]) <= BODY_BYTES
    assert json.loads(gzip.decompress(HOSTILE["a bomb"])) == {"text": "Hello"}


def test_of_a_field_that_stands_there_twice_the_last_counts_and_each_must_be_right(callers: Callers) -> None:
    """Nothing before us reads bodies, so nobody can be told one thing and we another."""
    visitor = callers.site.visitor()
    visitor.open(text="Hello")
    path = f"/v1/chats/{visitor.chat_id}/messages"
    for wrong in (b'{"text": 1, "text": "right"}', b'{"text": "right", "text": 1}', b'{"text": "right", "text": " "}'):
        is_refused(visitor.api("POST", path, raw=wrong))
    assert visitor.api("POST", path, raw=b'{"text": "first", "text": "last", "client_id": "c-1"}').status == 201
    assert [one["text"] for one in visitor.poll().json["messages"]] == ["Hello", "last"]


@pytest.mark.parametrize(
    ("group", "method", "path", "body"),
    [
        (None, "GET", f"/v1/sites/{LONG}", None),
        (None, "POST", "/v1/chats", {"site_id": LONG}),
        (None, "POST", "/v1/chats", {"site_id": "☃" * 1000}),
        (None, "POST", "/v1/visits", {"site_id": LONG, "path": "/"}),
        ("operator", "PUT", f"/v1/operator/canned/{LONG}", {"shortcut": "x", "text": "y"}),
        ("operator", "DELETE", f"/v1/operator/canned/{LONG}", None),
        ("operator", "POST", "/v1/operator/chats/{chat}/assign", {"operator_id": LONG}),
        ("operator", "POST", "/v1/operator/chats/{chat}/transfer", {"operator_id": "☃" * 1000}),
        ("operator", "GET", f"/v1/operator/chats?next={LONG}", None),
        ("owner", "PATCH", f"/v1/account/sites/{LONG}", {}),
        ("owner", "PATCH", f"/v1/account/operators/{LONG}", {"name": "Nina"}),
        ("owner", "GET", "/v1/account/statistics?from=0001-01-01&to=0001-01-02", None),
        ("owner", "GET", "/v1/account/statistics?to=0001-01-02", None),
        ("owner", "GET", "/v1/account/visits?to=0001-01-02", None),
        ("owner", "GET", "/v1/account/visits?from=9999-12-31&to=9999-12-31", None),
        ("privacy", "GET", "/v1/desk/numbers?to=0001-01-02", None),
        ("privacy", "GET", f"/v1/desk/correspondence?next={LONG}", None),
        ("privacy", "POST", "/v1/desk/correspondence", {"about": "x", "at": DAY_1}),
        ("privacy", "POST", "/v1/desk/correspondence", {"about": "x", "at": LAST_DAY}),
        ("privacy", "POST", "/v1/desk/requests", LETTER | {"received_at": DAY_1}),
        ("privacy", "POST", "/v1/desk/requests", LETTER | {"received_at": LAST_DAY}),
        ("privacy", "POST", "/v1/desk/requests", LETTER | {"authority": {"what": "x", "at": DAY_1}}),
        ("privacy", "POST", "/v1/desk/requests",
         LETTER | {"identity": {"decision": "proven", "method": "document", "at": LAST_DAY}}),
        ("privacy", "POST", "/v1/desk/requests/aaaa-aaaa-aaaa/pause", {"why": "x", "asked_on": "0001-01-01"}),
        ("privacy", "POST", "/v1/desk/requests/aaaa-aaaa-aaaa/resume", {"answered_on": "9999-12-31"}),
        ("privacy", "POST", "/v1/desk/disclosures",
         {"authority": "P", "legal_basis": "O", "reference": "1", "data_given": "A", "name": "Ada",
          "untold_until": LAST_DAY, "untold_because": "x"}),
        ("owner", "GET", f"/v1/account/operators?next={LONG}", None),
        ("owner", "GET", "/v1/account/statistics?next=2026-13", None),
        ("owner", "GET", f"/v1/account/visits?next={LONG}", None),
        ("privacy", "GET", "/v1/desk/staff?next=%F0%9F%A6%9C", None),
        ("privacy", "POST", "/v1/desk/evidence/views", {"names": ["Ada"], "next": LONG}),
        ("privacy", "POST", "/v1/desk/evidence/views", {"names": [f"Ada {number}" for number in range(2000)]}),
        ("privacy", "POST", "/v1/desk/purchases/search", {"emails": [f"a{n}@b.example" for n in range(1000)]}),
        ("privacy", "POST", "/v1/desk/purchases/import", b"\n" * CSV_BYTES),
        ("privacy", "POST", "/v1/desk/purchases/import", b'"\n' * (CSV_BYTES // 2)),
        ("privacy", "POST", "/v1/desk/purchases/import", b"x" * (CSV_BYTES + 1)),
        ("privacy", "POST", "/v1/desk/purchases/import", b"\xff\xfename"),
        ("privacy", "POST", "/v1/desk/purchases/import", b"name," * 200_000),
    ],
    ids=lambda one: str(one)[:100],
)  # fmt: skip
def test_what_is_too_long_or_at_the_ends_of_time_is_the_callers_doing(
    callers: Callers, visitor: Any, group: str | None, method: str, path: str, body: Any
) -> None:
    token = callers.token(group or "none", group or "anybody", visitor, visitor)
    api, path = Api(callers.stack, token), path.replace("{chat}", visitor.chat_id)
    if isinstance(body, bytes):
        is_refused(api(method, path, raw=body, Content_Type="text/csv"))
    else:
        is_refused(api(method, path, body))


def raw_get(url: str, path: str) -> tuple[int, bytes]:
    """GET of exactly this path: other clients would tidy it up."""
    call = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    call.putrequest("GET", path, skip_host=True)
    call.putheader("Host", urlsplit(url).netloc)
    call.endheaders()
    answer = call.getresponse()
    found = answer.status, answer.read()
    call.close()
    return found


CLIMBS = [
    "../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%252f..%252fetc%252fpasswd", "....//....//etc/passwd", "..\\..\\etc\\passwd", "..%5c..%5cetc%5cpasswd",
    "assets/../../../app.py", "console/../../../.chalice/config.json", "%00/etc/passwd", "x%00.html", "//etc/passwd",
    "file:///etc/passwd", ".git/config", "..;/..;/etc/passwd", "%c0%ae%c0%ae/etc/passwd", "stack.json",
]  # fmt: skip


@pytest.mark.parametrize("path", CLIMBS)
def test_no_address_leads_out_of_the_pages(stack: dict[str, Any], path: str) -> None:
    for prefix in ("/", "/assets/", "/console/", "/widget/"):
        status, content = raw_get(stack["web_url"], prefix + path)
        assert status in (200, 302, 400, 404), (prefix, status)
        if status == 200:  # the console's own page, for whatever is below it
            assert content == (ROOT / "build" / "web" / "console" / "index.html").read_bytes()


@pytest.mark.parametrize("climb", ["..", "%2e%2e", "..%2f..", "a%2fb", "%00", "*", "{chat_id}", "a" * 26 + "%0a"])
def test_a_name_in_an_address_is_looked_up_as_it_is_or_not_at_all(callers: Callers, visitor: Any, climb: str) -> None:
    """Of every route with a name in its address: never another thing than the one named, never a failure."""
    names = dict.fromkeys(("chat_id", "site_id", "reference", "number", "canned_id", "operator_id", "store"), climb)
    for row in ROWS:
        if row.method == "GET" and "{" in row.path:
            api, _ = by(callers, visitor, row)
            assert api("GET", row.path.format(**names)).status in (400, 403, 404), row.path
