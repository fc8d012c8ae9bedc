"""A full access and a full erasure leave what was planted where the receipt says, and nowhere else: not in a log, a queue,
the history of an execution, the name of an object."""

from typing import Any

import pytest

from infra.traces import traces
from operations.prove.people import phone
from tests.flow.client import until
from tests.flow.planted import canary, holders
from tests.flow.rights import NOW, at_step, download, names_and_texts, take_in
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


def test_N12_N18_N19_of_a_person_who_asks_and_is_erased_only_what_the_receipt_keeps_is_left(
    site: TestSite, stack: dict[str, Any]
) -> None:
    person = {"name": canary("Ada"), "email": f"{canary('ada')}@example.org", "phone": phone()}
    said, reply, about, address, details, why, other = (
        canary(what) for what in ("said", "reply", "about", "address", "details", "why", "other")
    )
    visitor = site.visitor()
    assert visitor.open(**person, text=said).status == 201
    assert site.operator.say(visitor.chat_id, f"{reply} and {other}").status == 201
    assert site.privacy("POST", "/v1/desk/correspondence", {"about": about, **person}).status == 201
    sale = {
        "address": address, "what": "a lamp", "amount": "10.00", "currency": "GBP", "bought_on": NOW[:10],
        "processor": "paypal", "processor_reference": canary("PP"), **person,
    }  # fmt: skip
    assert site.privacy("POST", "/v1/desk/purchases", sale).status == 201
    planted = [*person.values(), said, reply, about, address, details, why, other]

    path = take_in(site, "access", person["email"], name=person["name"], phone=person["phone"], details=details)
    reference = path.rpartition("/")[2]
    at_step(site.privacy, path, "review")
    (chat,) = site.privacy("GET", f"{path}/findings?store=chats").json["items"]
    (line,) = [fact for fact in chat["facts"] if other in fact["value"]]
    start = line["value"].index(other)
    where = {"item": chat["item"], "fact": line["fact"], "start": start, "end": start + len(other)}
    assert site.privacy2("POST", f"{path}/redactions", where | {"reason": "others_rights"}).status == 201
    assert site.privacy("POST", f"{path}/approve").status == 200
    at_step(site.privacy, path, "delivery")
    link = site.privacy("POST", f"{path}/links").json["url"]
    assert not [one for one in planted if one in link]
    status, bundle = download(link)
    names, texts = names_and_texts(bundle)
    assert status == 200
    for one in planted:
        assert not [name for name in names if one in name]
        assert (one in texts) is (one not in (other, why)), one

    held = holders(stack, planted)
    assert "exports" in held[said]
    assert "exports" not in held[other]
    assert not [place for places in traces(stack, planted).values() for place in places if place.kind == "object name"]
    assert site.privacy("POST", f"{path}/close", {"because": why}).status == 200
    at_step(site.privacy, path, "done")
    held = holders(stack, planted)
    for one in planted:
        assert not held[one] & {"exports", "parts", "identity"}, one

    path = take_in(site, "erasure", person["email"], name=person["name"], phone=person["phone"])
    at_step(site.privacy, path, "review")
    assert site.privacy("POST", f"{path}/approve").status == 200
    kept = {one["store"] for one in at_step(site.privacy, path, "done")["receipt"] if one["kept"]}
    assert kept == {"evidence", "purchases", "requests"}
    until(lambda: all(one["outcome"] for one in site.privacy("GET", path).json["letters"]))
    held = holders(stack, planted)
    mailbox = person["email"]
    assert held[said] == held[reply] == held[other] == held[about] == set()
    assert held[details] == {"requests"}
    assert held[why] == {"requests"}
    assert held[address] == {"purchases"}
    assert held[mailbox] <= kept | {mailbox}
    assert held[person["name"]] <= kept | {mailbox}
    assert held[person["phone"]] <= kept
    assert reference
