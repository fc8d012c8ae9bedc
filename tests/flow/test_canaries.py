"""Personal data is where it belongs and nowhere else: unique values planted in every field, every flow run, everything
searched (DESIGN section 7)."""

import secrets
from email.message import EmailMessage
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from imchat import clock
from imchat.stores.connections import Connection
from imchat.subjects import Subject
from infra.local.feedback import published
from operations.prove.people import phone
from tests.flow.client import Api, mail_to, staff, tell_ses, until
from tests.flow.planted import canary, holders
from tests.flow.sites import ORIGIN, TestSite
from tests.flow.sockets import answering, connected, visiting
from tests.held import certain, erase, search

pytestmark = pytest.mark.usefixtures("tables")


def test_N18_N19_after_a_deletion_only_the_system_log_knows_name_and_email(
    site: TestSite, stack: dict[str, Any]
) -> None:
    planted = {
        "name": canary("Ada"),
        "email": f"{canary('ada')}@example.org",
        "phone": phone(),
        "text": canary("said"),
        "page_url": f"https://shop.example/{canary('page')}?q={canary('query')}",
    }
    page, query = planted["page_url"].split("/")[-1].split("?q=")
    corrected, reply, note, comment = canary("Grace"), canary("reply"), canary("note"), canary("comment")
    refused = [canary(what) for what in ("long", "field", "value", "after", "bad", "badname", "identity")]
    visitor = site.visitor()
    assert visitor.open(**planted, client_id=secrets.token_hex(16)).status == 201
    token = visitor.api.token or ""
    site.operator.say(visitor.chat_id, reply)
    site.operator.say(visitor.chat_id, note, kind="notes")
    site.operator.read(visitor.chat_id)
    visitor.say("x" * 4001 + refused[0])
    visitor.api("POST", f"/v1/chats/{visitor.chat_id}/messages", {"text": "a", refused[1]: refused[2]})
    visitor.api("GET", f"/v1/chats/{visitor.chat_id}/messages?after={refused[3]}")
    site.visitor().open(email=f"{refused[4]} address", name=refused[5])
    site.visitor().open(identity=refused[6])
    visitor.correct(name=corrected)
    visitor.rate(5, comment=comment)
    visitor.close()
    until(lambda: mail_to(stack, planted["email"]))
    until(lambda: visitor.poll().json["transcript"]["state"] == "sent")
    tell_ses(stack, published("bounce", planted["email"], visitor.chat_id))
    until(lambda: visitor.poll().json["transcript"]["state"] == "bounced")

    said = [planted["text"], reply, note, comment, page]
    held = holders(stack, [*planted.values(), page, query, corrected, reply, note, comment, token, *refused])
    assert all("chats" in held[value] for value in (planted["email"], planted["phone"], corrected, *said))
    assert all(held[value] == set() for value in (query, token, *refused))
    assert held[planted["email"]] == {"chats", "evidence", planted["email"]}

    assert visitor.delete().status == 200
    held = holders(stack, [*planted.values(), page, corrected, reply, note, comment])
    mailbox = planted["email"]
    assert held[planted["name"]] == held[corrected] - {mailbox} == {"evidence"}
    assert held[planted["email"]] == {"evidence", mailbox}
    assert held[planted["phone"]] == set()
    assert all(held[value] <= {mailbox} for value in said)
    assert held[note] == held[comment] == held[page] == set()


def test_N17_N18_what_is_said_over_a_connection_leaves_no_more_traces_than_elsewhere(
    site: TestSite, stack: dict[str, Any]
) -> None:
    said, reply, note = canary("said"), canary("reply"), canary("note")
    refused = [canary(what) for what in ("action", "field", "value", "text", "query", "origin", "ticket")]
    visitor = site.visitor()
    name = canary("Ada")
    assert visitor.open(name=name, email=f"{name}@example.org").status == 201
    token = visitor.api.token or ""
    with answering(site.operator, visitor.chat_id) as staff, visiting(visitor) as page:
        page.ask("posted", action="post", text=said, client_id="c1")
        staff.ask("posted", action="post", chat_id=visitor.chat_id, text=reply, client_id="o1")
        staff.ask("posted", action="post", chat_id=visitor.chat_id, text=note, client_id="o2", note=True)
        for frame in (
            {"action": refused[0]},
            {"action": "ping", refused[1]: refused[2]},
            {"action": "post", "text": "x" * 4000 + refused[3], "client_id": "c2"},
        ):
            page.ask("problem", **frame)
        with pytest.raises(InvalidStatus), connected(stack, ORIGIN, f"?token={refused[4]}"):
            pass
        with connected(stack, f"https://{refused[5]}.example") as stranger:
            stranger.send(action="hello", ticket=refused[6])
            stranger.ended()

        held = holders(stack, [said, reply, note, name, token, *refused])
        assert held[said] == held[reply] == held[note] == {"chats"}
        assert held[name] == {"chats", "evidence"}
        assert all(held[value] <= {"connections"} for value in (token, *refused))
        assert held[token] == set()

        assert visitor.delete().status == 200
        page.ended()
    until(lambda: connections_of(visitor.chat_id) == 0)
    held = holders(stack, [said, reply, note, name])
    assert held == {said: set(), reply: set(), note: set(), name: {"evidence"}}


def connections_of(chat_id: str) -> int:
    return sum(one.chat_id == chat_id for one in Connection.scan())


def test_N9_N10_N15_N21_what_the_desk_keeps_is_in_its_own_tables_and_an_erasure_leaves_what_the_receipt_says(
    site: TestSite, stack: dict[str, Any]
) -> None:
    name, email, number = canary("Ida"), f"{canary('ida')}@example.org", phone()
    about, address, what, reference = canary("leaks"), canary("street"), canary("gold"), canary("PP")
    given, basis = canary("given"), canary("basis")
    who = {"name": name, "email": email, "phone": number}
    desk = site.privacy
    call = desk("POST", "/v1/desk/correspondence", {"about": about, **who}).json["id"]
    purchase = {
        "what": what, "amount": "49.00", "currency": "GBP", "bought_on": "2026-05-03", "processor": "paypal",
        "processor_reference": reference, "address": address,
    }  # fmt: skip
    assert desk("POST", "/v1/desk/purchases", purchase | who).status == 201
    disclosure = {"authority": "Police", "legal_basis": basis, "reference": "MP 17", "data_given": given}
    assert desk("POST", "/v1/desk/disclosures", disclosure | who).status == 201
    for path in ("correspondence", "purchases", "disclosures"):
        assert len(desk("POST", f"/v1/desk/{path}/search", {"emails": [email]}).json["items"]) == 1
        desk("POST", f"/v1/desk/{path}/search", {"emails": [canary("nobody")]})
    desk("POST", "/v1/desk/purchases", purchase | who | {"what": f"{canary('card')} 4111 1111 1111 1111"})
    desk.api("POST", "/v1/desk/purchases/import", raw=canary("csv").encode(), Content_Type="text/csv")

    held = holders(stack, [name, email, number, about, address, what, reference, given, basis])
    # What staff note down stands in the system log under keyed hashes.
    assert held[email] == {"correspondence", "purchases", "disclosures"}
    assert held[about] == {"correspondence"}
    assert held[address] == held[what] == held[reference] == {"purchases"}
    assert held[given] == held[basis] == {"disclosures"}

    subject = Subject.of(site.site.site_id, emails=[email])
    outcomes = erase(certain(search(subject)), "desk", clock.now())
    assert [one.pk for one in outcomes["correspondence"].removed] == [call]
    retained = {store for store, outcome in outcomes.items() if outcome.retained}
    assert retained == {"purchases", "disclosures", "evidence"}
    held = holders(stack, [name, email, number, about, address, given])
    assert held[name] == {"purchases", "disclosures"}
    assert held[email] == held[number] == {"disclosures"}
    assert held[about] == set()
    assert held[address] == {"purchases"}


def test_N10_N18_a_mail_and_its_file_are_in_one_place_and_gone_with_it(stack: dict[str, Any]) -> None:
    name, email = canary("Eve"), f"{canary('eve')}@example.org"
    subject, text, file, filename = canary("subject"), canary("text"), canary("file"), canary("name")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{name} <{email}>", "dataprotection@imsupporting.com", subject
    mail.set_content(text)
    mail.add_attachment(file, filename=f"{filename}.txt")
    key = f"privacy/{secrets.token_hex(12)}"
    Api(stack).client("s3").put_object(Bucket=stack["buckets"]["inbound"], Key=key, Body=bytes(mail))
    desk = staff(stack, "privacy")
    search_body = {"emails": [email]}
    (item,) = until(lambda: desk("POST", "/v1/desk/correspondence/search", search_body).json["items"])
    desk("GET", f"/v1/desk/correspondence/{item['id']}/files/1")
    s3 = Api(stack).client("s3")
    until(lambda: s3.list_objects_v2(Bucket=stack["buckets"]["inbound"], Prefix=key)["KeyCount"] == 0)

    held = holders(stack, [name, email, subject, text, file, filename])
    assert held[file] == held[filename] == held[text] == held[subject] == {"correspondence"}
    assert held[email] == held[name] == {"correspondence", "requests", "evidence"}

    found = certain(search(Subject.of(stack["site_id"], emails=[email])))
    erase(found, "desk", clock.now())
    held = holders(stack, [name, email, subject, text, file, filename])
    assert held[file] == held[filename] == held[text] == held[subject] == set()
    assert held[email] == {"requests", "evidence"}


def test_N1_a_visit_leaves_no_trace_of_who_it_was(site: TestSite, stack: dict[str, Any]) -> None:
    agent, query, referrer = canary("Mozilla"), canary("query"), canary("referrer")
    visit = {"site_id": site.site.site_id, "path": f"/kettle?{query}", "referrer": f"https://news.example/{referrer}"}
    for _ in range(5):  # fewer are not shown
        assert site.visitor().api("POST", "/v1/visits", visit, User_Agent=agent).status == 204
    held = holders(stack, [agent, query, referrer])
    assert held == {agent: set(), query: set(), referrer: set()}
    assert site.owner("GET", "/v1/account/visits").json["total"]["views"] == 5
