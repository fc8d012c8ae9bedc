"""A site with something on every page: made through the API, as its visitors and its staff would."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.flow.client import Visitor, until
from tests.flow.sites import TestSite

ADA = "ada.{}@example.org"
TALK = (
    ("visitor", "Hello! Does the green teapot come with a lid?"),
    ("operator", "It does, and with a spare one: the first is dropped by everybody sooner or later."),
    ("visitor", "Ha. And can I put it into the dishwasher? The page https://shop.example/teapot does not say."),
    ("note", "Third time this week that somebody asks. We should write it on the page."),
    ("operator", "Better not: the glaze goes dull.\nWarm water and a soft brush will do."),
    ("visitor", "Then I take two 🫖🫖"),
)


@dataclass(frozen=True)
class World:
    """What there is, by what the pages call it."""

    site: TestSite
    long_chat: str
    waiting_chat: str
    review: str
    erased: str
    unproven: str
    call: str
    purchase: str
    disclosure: str


def populate(site: TestSite, more: str = "") -> World:
    """Chats that wait, go on and have ended; canned replies; requests at three stages; one of each kind of record.
    ``more`` stands in every field that takes any text."""
    ada, email, now = f"Ada Lovelace{more}", ADA.format(secrets.token_hex(4)), datetime.now(UTC)
    assert site.operator("PUT", "/v1/operator/presence", {"present": True}).status == 200
    talking = _opened(site, name=ada, email=email, phone="020 7946 0018", page_url="https://shop.example/teapot")
    for by, text in TALK:
        if by == "visitor":
            assert talking.say(text + more).status == 201
        else:
            kind = "messages" if by == "operator" else "notes"
            assert site.operator.say(talking.chat_id, text + more, kind=kind).status == 201
    assert site.operator("POST", f"/v1/operator/chats/{talking.chat_id}/assign", {}).status == 200
    waiting = _opened(site, text="مرحبا، هل الشحن إلى دبي ممكن؟", locale="ar")
    ended = _opened(site, name="Grace Hopper", text=f"Thank you, it arrived.{more}")
    assert site.operator.say(ended.chat_id, "Lovely. Enjoy it!").status == 201
    assert ended.close().status == 200
    assert ended.rate(5, comment=f"Quick and kind.{more}").status == 200
    for shortcut, text in (("hello", "Hello! How can we help?"), ("delivery", "We deliver within two days, for £4.")):
        assert site.operator("POST", "/v1/operator/canned", {"shortcut": shortcut, "text": text + more}).status == 201

    call = _made(site, "correspondence", {"about": f"Asks where her parcel is.{more}", "name": ada, "email": email})
    purchase = _made(
        site, "purchases",
        {"name": ada, "email": email, "what": f"Chat, yearly{more}", "amount": "49.00", "currency": "GBP",
         "bought_on": "2026-05-03", "processor": "paypal", "processor_reference": f"PP-{secrets.token_hex(4)}"},
    )  # fmt: skip
    disclosure = _made(
        site, "disclosures",
        {"authority": f"Metropolitan Police{more}", "legal_basis": f"Production order{more}", "reference": "MP 17",
         "data_given": f"The chat of 3 March{more}", "email": email},
    )  # fmt: skip
    proven = {"identity": {"decision": "proven", "method": "document", "at": now.isoformat()}}
    received = {"received_at": (now - timedelta(days=3)).isoformat()}
    other = _opened(site, email=f"bob.{secrets.token_hex(4)}@example.org", name=f"Bob{more}", text="Please forget me.")
    other_email = site.operator.read(other.chat_id).json["chat"]["visitor"]["email"]
    review = _asked(
        site, {"type": "access", "details": f"All of it.{more}", "email": email, "name": ada, **proven, **received}
    )
    erased = _asked(site, {"type": "erasure", "email": other_email, "name": f"Bob{more}", **proven, **received})
    unproven = _asked(
        site,
        {
            "type": "access",
            "details": f"All of it, please.{more}",
            "email": ADA.format(secrets.token_hex(4)),
            **received,
        },
    )
    _at(site, erased, "review")
    assert site.privacy("POST", f"/v1/desk/requests/{erased}/approve").status == 200
    _at(site, erased, "done")
    _at(site, review, "review")
    return World(site, talking.chat_id, waiting.chat_id, review, erased, unproven, call, purchase, disclosure)


def _opened(site: TestSite, **fields: Any) -> Visitor:
    visitor = site.visitor()
    opened = visitor.open(**fields)
    assert opened.status == 201, opened.body
    return visitor


def _made(site: TestSite, kind: str, body: dict[str, Any]) -> str:
    made = site.privacy("POST", f"/v1/desk/{kind}", body)
    assert made.status == 201, made.body
    return str(made.json["id"])


def _asked(site: TestSite, body: dict[str, Any]) -> str:
    made = site.privacy2("POST", "/v1/desk/requests", {"channel": "letter", **body})
    assert made.status == 201, made.body
    return str(made.json["reference"])


def _at(site: TestSite, reference: str, step: str) -> None:
    until(lambda: site.privacy("GET", f"/v1/desk/requests/{reference}").json["progress"]["step"] == step)
