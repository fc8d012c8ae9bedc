"""The desk's routes on the deployed stack, with its own role."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.population import chats
from imchat.register.stores import stores
from imchat.stores import accounts
from imchat.stores.base import Item, due_shard
from imchat.stores.chats import Page, page_key
from imchat.stores.correspondence import attachment_key
from imchat.stores.evidence import entry
from imchat.stores.records import Records
from imchat.stores.visits import Part, VisitDay
from tests.adapters.worlds import items_of
from tests.flow.client import run
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")
ROUTES = [
    ("GET", "/v1/desk/correspondence"), ("POST", "/v1/desk/correspondence"), ("POST", "/v1/desk/correspondence/search"),
    ("GET", f"/v1/desk/correspondence/{'a' * 26}"), ("PATCH", f"/v1/desk/correspondence/{'a' * 26}"),
    ("GET", f"/v1/desk/correspondence/{'a' * 26}/files/1"), ("GET", "/v1/desk/purchases"),
    ("POST", "/v1/desk/purchases"), ("POST", "/v1/desk/purchases/search"), ("GET", f"/v1/desk/purchases/{'a' * 26}"),
    ("POST", f"/v1/desk/purchases/{'a' * 26}/hold"), ("GET", "/v1/desk/disclosures"), ("POST", "/v1/desk/disclosures"),
    ("POST", "/v1/desk/disclosures/search"), ("GET", f"/v1/desk/disclosures/{'a' * 26}"),
    ("POST", f"/v1/desk/disclosures/{'a' * 26}/approve"), ("GET", "/v1/desk/requests"),
    ("POST", "/v1/desk/evidence/views"), ("GET", "/v1/desk/register"), ("GET", "/v1/desk/staff"),
]  # fmt: skip
PURCHASE = {
    "name": "Ada Lovelace", "email": "ada@example.org", "what": "Gold", "amount": "49.00", "currency": "GBP",
    "bought_on": "2026-05-03", "processor": "paypal", "processor_reference": "PP-1", "address": "1 High Street",
}  # fmt: skip
DISCLOSURE = {
    "authority": "Metropolitan Police", "legal_basis": "Production order", "reference": "MP 17",
    "data_given": "The chat of 3 March", "email": "ada@example.org",
}  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_the_desk_is_for_data_protection_staff_only(site: TestSite, method: str, path: str) -> None:
    body = {} if method in ("POST", "PATCH") else None
    for member in (site.operator, site.owner):
        assert member(method, path, body).status == 403
    assert site.visitor().api(method, path, body).status == 401


def test_N9_N11_a_call_is_noted_found_and_linked(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(name="Grace Hopper")
    call = {"about": "The kettle leaks.", "name": "Grace Hopper", "phone": "020 7946 0018", "chat_id": visitor.chat_id}
    made = site.privacy("POST", "/v1/desk/correspondence", call)
    assert made.status == 201
    assert made.json["chat_id"] == visitor.chat_id
    assert made.json["channel"] == "call"
    reference = made.json["id"]
    one = site.privacy("GET", f"/v1/desk/correspondence/{reference}").json
    assert one["text"] == "The kettle leaks."
    assert "name_key" not in one
    assert "due_at" not in one
    (by_phone,) = site.privacy("POST", "/v1/desk/correspondence/search", {"phones": ["+44 20 7946 0018"]}).json["items"]
    assert (by_phone["id"], by_phone["candidate"], by_phone["matched"]) == (reference, False, ["phone"])
    (by_name,) = site.privacy("POST", "/v1/desk/correspondence/search", {"names": ["GRACE  hopper"]}).json["items"]
    assert (by_name["id"], by_name["candidate"]) == (reference, True)
    assert site.privacy("PATCH", f"/v1/desk/correspondence/{reference}", {"chat_id": None}).json["chat_id"] is None
    listed = site.privacy("GET", "/v1/desk/correspondence?limit=1").json
    assert [item["id"] for item in listed["items"]] == [reference]


def test_N21_purchases_are_recorded_held_and_imported(site: TestSite) -> None:
    made = site.privacy("POST", "/v1/desk/purchases", PURCHASE)
    assert made.status == 201
    assert made.json["expires_at"] == made.json["period_ends"] == "2033-04-01T00:00:00.000+00:00"
    assert site.privacy("POST", "/v1/desk/purchases", PURCHASE).status == 409
    path = f"/v1/desk/purchases/{made.json['id']}"
    held = site.privacy("POST", f"{path}/hold", {"until": "2040-01-31", "because": "a claim"})
    assert held.json["expires_at"] == "2040-02-01T00:00:00.000+00:00"
    assert site.privacy("GET", path).json["hold_because"] == "a claim"
    (found,) = site.privacy("POST", "/v1/desk/purchases/search", {"emails": ["ADA@example.org"]}).json["items"]
    assert found["address"] == "1 High Street"
    content = (
        "name,what,amount,currency,bought_on,processor,processor_reference\nBob,Gold,9.00,GBP,2026-05-04,bank,HB1\n,,"
    )
    report = site.privacy.api("POST", "/v1/desk/purchases/import", raw=content.encode(), Content_Type="text/csv").json
    assert report["imported"] == 1
    assert report["refused"] == [{"line": 3, "column": None, "detail": "This line has 3 values; the heading has 7."}]


def test_N21_a_csv_as_a_spreadsheet_saves_it(site: TestSite) -> None:
    lines = "Name;What;Amount;Currency;Bought_on;Processor;Processor_reference;\r\nZoë;Gold;1.049,00;EUR;04/05/2026;bank;X1;"
    path = "/v1/desk/purchases/import?dates=day_first&decimals=comma"
    answer = site.privacy.api("POST", path, raw=("\ufeff" + lines).encode(), Content_Type="text/csv")
    assert (answer.status, answer.json["imported"], answer.json["refused"]) == (200, 1, [])
    other = lines.replace("1.049,00", "1.048,00")
    (refused,) = site.privacy.api("POST", path, raw=other.encode(), Content_Type="text/csv").json["refused"]
    assert (refused["line"], refused["column"]) == (2, "amount")
    sent = site.privacy.api("POST", path, raw=lines.encode(), Content_Type="application/octet-stream")
    assert sent.json["already_there"] == 1
    wrong = site.privacy.api("POST", "/v1/desk/purchases/import?dates=any", raw=b"", Content_Type="text/csv")
    assert (wrong.status, wrong.json["field"]) == (400, "dates")


def test_bad_csv_is_a_clear_error(site: TestSite) -> None:
    def sent(content: bytes, kind: str = "text/csv") -> Any:
        return site.privacy.api("POST", "/v1/desk/purchases/import", raw=content, Content_Type=kind)

    assert sent(b"nonsense\n").json["type"] == "/problems/unknown_field"
    assert sent(b"").json["type"] == "/problems/bad_heading"
    assert sent(b"x" * (2 * 1024 * 1024 + 1)).status == 413
    assert sent(b"{}", "application/json").status == 415


def test_N15_a_disclosure_is_approved_by_a_second_person(site: TestSite) -> None:
    made = site.privacy("POST", "/v1/desk/disclosures", DISCLOSURE)
    assert (made.status, made.json["status"]) == (201, "proposed")
    path = f"/v1/desk/disclosures/{made.json['id']}"
    assert site.privacy("POST", f"{path}/approve", {}).json["type"] == "/problems/second_person_needed"
    assert site.privacy2("POST", f"{path}/approve", {}).json["status"] == "approved"
    assert site.privacy("GET", path).json["approver"]
    assert len(site.privacy("POST", "/v1/desk/disclosures/search", {"emails": ["ada@example.org"]}).json["items"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/desk/correspondence", {"about": ""}, "about"),
        ("/v1/desk/correspondence", {"about": "x", "at": "yesterday"}, "at"),
        ("/v1/desk/correspondence", {"about": "x", "at": "2026-01-01T10:00:00"}, "at"),
        ("/v1/desk/correspondence", {"about": "x", "card": "1"}, "card"),
        ("/v1/desk/correspondence/search", {}, None),
        ("/v1/desk/correspondence/search", {"emails": [" "]}, "emails"),
        ("/v1/desk/purchases", PURCHASE | {"what": "4111 1111 1111 1111"}, "what"),
        ("/v1/desk/purchases", PURCHASE | {"amount": 49}, "amount"),
        ("/v1/desk/disclosures", DISCLOSURE | {"legal_basis": " "}, "legal_basis"),
        ("/v1/desk/disclosures", DISCLOSURE | {"untold_until": "2027-01-01T00:00:00Z"}, "untold_because"),
    ],
)
def test_what_is_wrong_is_named(site: TestSite, path: str, body: dict[str, Any], field: str | None) -> None:
    answer = site.privacy("POST", path, body)
    assert answer.status == 400
    assert answer.json.get("field") == field
    assert "4111" not in answer.body.decode()


def test_another_sites_records_do_not_exist(site: TestSite, stack: dict[str, Any]) -> None:
    other = make_site(stack)
    made = other.privacy("POST", "/v1/desk/correspondence", {"about": "x", "email": "eve@example.org"}).json["id"]
    assert site.privacy("GET", f"/v1/desk/correspondence/{made}").status == 404
    assert site.privacy("GET", "/v1/desk/correspondence/nonsense").status == 404
    assert site.privacy("POST", "/v1/desk/correspondence/search", {"emails": ["eve@example.org"]}).json["items"] == []


def test_N19_the_desk_sees_who_looked_at_a_persons_data(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(name="Ida", email="ida.views@example.org")
    site.operator.read(visitor.chat_id)
    (seen,) = site.privacy("POST", "/v1/desk/evidence/views", {"emails": ["IDA.views@example.org"]}).json["views"]
    assert (seen["about"], seen["by"]) == (visitor.chat_id, site.operator_id)


def test_who_did_what_can_be_said_by_name(site: TestSite) -> None:
    names = {one["operator_id"]: one["name"] for one in site.privacy("GET", "/v1/desk/staff").json["staff"]}
    assert names == {site.operator_id: "Olga", site.colleague_id: "Otto"}


def test_N23_the_record_of_processing_as_json_and_csv(site: TestSite) -> None:
    record = site.privacy("GET", "/v1/desk/register").json
    names = [one["name"] for one in record["activities"]]
    assert {"chats", "evidence", "correspondence", "purchases", "requests", "disclosures", "visits"} <= set(names)
    answer = site.privacy("GET", "/v1/desk/register?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [line["name"] for line in lines] == names
    (acting,) = record["as_processor"]["on_behalf_of"]
    assert acting["site_id"] == site.site.site_id, "its own website, and no other"
    assert lines[0]["role"] == "processor"
    assert lines[0]["on_behalf_of"].startswith("Corner Shop")
    assert lines[0]["time_limit"].startswith("12 months from the opening of the chat")
    assert site.privacy("GET", "/v1/desk/register?format=xml").status == 400
    asked = site.privacy.api("GET", "/v1/desk/register", Accept="text/csv")
    assert asked.body == answer.body


def test_N1_visits_reach_the_owner_as_counts(site: TestSite) -> None:
    api = site.visitor().api
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
    for path in (*["/a?q=secret", "/a", "/b"] * 5, "/c"):
        visit = {"site_id": site.site.site_id, "path": path, "referrer": "https://news.example/x"}
        answer = api("POST", "/v1/visits", visit, User_Agent=chrome, Content_Type="text/plain;charset=UTF-8")
        assert (answer.status, answer.body) == (204, b"")
    assert "Set-Cookie" not in answer.headers
    found = site.owner("GET", "/v1/account/visits").json
    assert found["total"] == {"views": 16, "bots": 0}
    assert found["days"][-1]["paths"] == {"/a": 10, "/b": 5}
    assert found["days"][-1]["visitors"] == 0  # a single one, which is not shown
    assert found["days"][-1]["referrers"] == {"news.example": 16}
    assert found["longer"] == []
    assert site.operator("GET", "/v1/account/visits").status == 403
    assert api("POST", "/v1/visits", {"site_id": site.site.site_id, "path": "a"}).json["field"] == "path"
    assert api("POST", "/v1/visits", {"site_id": "nosuch", "path": "/"}).status == 404


def test_N17_the_deployed_sweeper_removes_what_has_ended_from_every_store(
    site: TestSite, stack: dict[str, Any]
) -> None:
    """Under its own role: no step of it is denied."""
    here, long_ago = site.site.site_id, datetime.now(UTC) - timedelta(days=900)
    over = int((datetime.now(UTC) - timedelta(days=1)).timestamp())
    made: list[Item] = []
    for store in stores():
        if isinstance(store, Records):
            blank = {
                name: "x" for name, one in store.model.get_attributes().items() if not one.null and one.attr_type == "S"
            }
            numbers = {
                name: 1 for name, one in store.model.get_attributes().items() if not one.null and one.attr_type == "N"
            }
            record = store.model(**{**blank, **numbers, "pk": f"{here}x{store.name}", "site_id": here})
            record.end_at(over)
            made.append(record)
    email = next(one for one in made if one.TABLE == "correspondence")
    # Due, but not for DynamoDB's own expiry, which may come before the sweep and knows nothing of files.
    email.expires_at = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
    s3 = site.privacy.api.client("s3")
    s3.put_object(Bucket=stack["buckets"]["correspondence"], Key=attachment_key(email.pk, 1), Body=b"scan")
    account = accounts.site(here)
    assert account
    made += [
        *chats(account, 1, messages=1, opened=long_ago),
        *chats(account, 1, messages=1, opened=long_ago, closed=False),
    ]
    page = Page(
        made[-1].pk, page_key(1), base=0, messages=[], expires_at=over, due_shard=made[-1].due_shard, due_at=over
    )
    leaving = next(chats(account, 1, messages=1, opened=datetime.now(UTC), closed=False))
    leaving.status, leaving.due_at = "deleting", over
    made += [page, leaving, entry(made[-1], "open", "visitor", long_ago)]
    visits = Part(f"{here}#2020-01-01", "path#/", number=1, due_shard=due_shard(here), due_at=over)
    for one in (*made, visits):
        one.save()

    run(stack, "Sweeper")
    for one in (*made, visits):
        assert items_of(type(one), one.pk) == [], one
    assert s3.list_objects_v2(Bucket=stack["buckets"]["correspondence"], Prefix=email.pk)["KeyCount"] == 0
    (left,) = items_of(VisitDay, here)  # a single view is added to its month, in time to its year
    assert left["sk"]["S"] in ("2020-01-31#month#open", "2020-12-31#year#open")
