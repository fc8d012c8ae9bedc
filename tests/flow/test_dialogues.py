"""Real conversations through the deployed API, many at once: every line arrives once, in order, in the poll and in the
mail."""

import itertools
import random
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from faker import Faker

from infra.local.mailbox import sent_mail
from tests.flow.client import Member, Visitor, until
from tests.flow.dialogues import Dialogue, dialogues
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")
MOST = 1500
VISITORS_AT_ONCE = 6
LOCALES = ["en_GB", "fr_FR", "ar_EG", "ja_JP", "ru_RU", "el_GR", "hi_IN", "de_DE"]


def spaced(text: str) -> str:
    """``text`` with its white space folded: mail may fold lines, never words."""
    return re.sub(r"\s+", " ", text).strip()


def play(site: TestSite, operator: Member, number: int, dialogue: Dialogue, name: str) -> tuple[Visitor, str]:
    """One conversation from opening to close; the visitor, with all they saw, and their address."""
    chance = random.Random(number)
    to = f"visitor{number}@example.org"
    visitor = site.visitor()
    assert visitor.open(name=name, email=to).status == 201
    for place, (speaker, text) in enumerate(dialogue.turns):
        client_id = f"{number}-{place}"
        for _ in range(chance.choice([1, 1, 1, 2])):  # an answer lost now and then
            if speaker == "visitor":
                answer = visitor.say(text, client_id)
            else:
                answer = operator.say(visitor.chat_id, text, client_id)
            assert answer.status in (200, 201), answer.body
        if chance.random() < 0.5:
            assert visitor.poll().status == 200
    closed = (
        visitor.close() if chance.random() < 0.5 else operator("POST", f"/v1/operator/chats/{visitor.chat_id}/close")
    )
    assert closed.json == {"status": "closed", "transcript": "queued"}
    assert visitor.poll().json["status"] == "closed"
    return visitor, to


def test_N6_every_line_arrives_once_in_order_in_the_poll_and_in_the_mail(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    everything = dialogues(MOST)
    names = [
        faker.name() for faker, _ in zip(itertools.cycle(Faker(locale) for locale in LOCALES), everything, strict=False)
    ]
    operators = [site.operator, site.colleague]
    assert all(operator.api.token for operator in operators)
    with ThreadPoolExecutor(VISITORS_AT_ONCE) as pool:
        played = list(
            pool.map(
                lambda number: play(site, operators[number % 2], number, everything[number], names[number]),
                range(len(everything)),
            )
        )

    for (visitor, _), dialogue in zip(played, everything, strict=True):
        assert [(one["by"], one["text"]) for one in visitor.seen] == dialogue.turns
        assert [one["cursor"] for one in visitor.seen] == list(range(1, len(dialogue.turns) + 1))

    ours = {to for _, to in played}

    def all_sent() -> list[dict[str, Any]]:
        found = [mail for mail in sent_mail(stack["endpoint_url"]) if mail["To"][0] in ours]
        return found if len(found) >= len(ours) else []

    mails = until(all_sent, tries=1200)
    assert len(mails) == len(ours)
    by_address = {mail["To"][0]: mail for mail in mails}
    for (_, to), dialogue in zip(played, everything, strict=True):
        body, place = spaced(by_address[to]["BodyText"]), 0
        for _, text in dialogue.turns:
            found = body.find(spaced(text), place)
            assert found >= 0, to
            place = found + len(spaced(text))
