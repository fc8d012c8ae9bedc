"""``make notice-check``: what the law wants said, where the notice, the widget, the copy and the letters say it, and which
file the words come from. Writes docs/notice-check.md. A sentence is taken from what is published, never written here."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import NamedTuple

from imchat.mail.letters import LETTERS, Done, Letter, render
from imchat.register.activity import Activity
from imchat.register.controller import COMPLAINTS, CONTACT, CONTROLLER, Website, answering
from imchat.register.notice import (
    BACKUPS,
    HOW_TO_ASK,
    OBJECTING,
    RIGHTS,
    STAFF_STORAGE,
    STORAGE,
    VISITS,
    notice,
)
from imchat.register.notice_page import notice_html
from imchat.register.stores import activities
from imchat.register.words import kept_in_words, widget_text

# The letter that passes a request on goes to a website.
TO_PEOPLE = tuple(what for what in LETTERS if what != "passed_on")
ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "docs" / "notice-check.md"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
SHOP = Website(
    site_id="shop", name="Corner Shop", controller="Corner Shop Ltd", address="1 High Street, Anytown",
    contact="privacy@shop.example", policy_url="https://shop.example/privacy",
)  # fmt: skip
# All that there must be a row for. Art 13(2)(c), withdrawal of consent, has none: nothing stands on consent.
REQUIRED = (
    "12(1)", "12(2)", "12(3), 12(5)", "13(1)(a)", "13(1)(b)", "13(1)(c)", "13(1)(d)", "13(1)(e)", "13(1)(f)", "13(2)(a)",
    "13(2)(b)", "13(2)(d)", "13(2)(e)", "13(2)(f)", "14(1)(d)", "14(2)(f)", "21(4)", "PECR reg 6", "PECR Sch A1",
    "15(1)(a)", "15(1)(b)", "15(1)(c)", "15(1)(d)", "15(1)(e)", "15(1)(f)", "15(1)(g)", "15(1)(h)", "15(2)", "12(4)",
)  # fmt: skip
_HEADING = """# What the law wants said, and the sentence that says it

Made by `make notice-check` from the register, the notice and the letters themselves; a test (`tests/unit/test_notice_check.py`) fails
where an item has no sentence, or a sentence is not where the table says. The region is London, the website an invented one.
Art 13(2)(c), the right to withdraw consent, has no row: nothing is done on the basis of consent.
"""
_REGISTER = "layers/imchat/python/imchat/register"
_STORES = "layers/imchat/python/imchat/stores"
_COPY = "layers/imchat/python/imchat/bundle/templates/response.html.j2"
_LETTER = "layers/imchat/python/imchat/mail/templates/letter.txt.j2"


class Row(NamedTuple):
    """``law`` (an article of the UK GDPR, or PECR), what it wants, the sentence, and the file that it comes from."""

    law: str
    item: str
    sentence: str
    source: str


def of_notice() -> list[Row]:
    """The rows of the notice, opened on a website."""
    said = notice(NOW, SHOP)
    page, controller, words = (f"{_REGISTER}/{name}.py" for name in ("notice_page", "controller", "notice"))
    rows = [
        Row("12(1)", "concise, in plain words, in layers", "In short", page),
        Row("12(2)", "how rights are used", HOW_TO_ASK, words),
        Row("12(3), 12(5)", "by when, free of charge", _about(RIGHTS, "costs nothing"), words),
        Row("13(1)(a)", "the controller of a website's chats", SHOP.controller, "the website's settings"),
        Row("13(1)(a)", "its contact", f"{SHOP.address} Contact {SHOP.contact}", "the website's settings"),
        Row("13(1)(a)", "the controller of all else", CONTROLLER, controller),
        Row("13(1)(a)", "its contact", CONTACT, controller),
        Row(
            "13(1)(b)",
            "data-protection officer",
            "Data-protection officer none",
            "DPO=... of make deploy",
        ),
        Row("13(1)(f)", "transfers and safeguards", said["transfers"], controller),
        Row("13(2)(a)", "backups", said["backups"], words),
        Row("13(2)(d)", "complaint to the Commissioner", COMPLAINTS, controller),
        Row("13(2)(f)", "automated decisions", _about(RIGHTS, "computer"), words),
        Row("21(4)", "the right to object, apart from all else", OBJECTING[0], words),
        Row("21(4)", "what it is about", " ".join(said["right_to_object"]["activities"]), "each activity on 6(1)(f)"),
        Row("PECR reg 6", "what is kept on a visitor's device", STORAGE, words),
        Row("PECR reg 6", "what is kept on a device of staff", STAFF_STORAGE, words),
        Row("PECR Sch A1", "statistics: the purpose", VISITS[0], words),
        Row("PECR Sch A1", "statistics: a simple way to refuse", VISITS[1], words),
        Row("PECR Sch A1", "statistics: signals that are heeded", VISITS[2], words),
    ]
    rows += [Row("13(1)(e)", "who gets it", sentence, words) for sentence in said["sharing"]]
    rows += [Row("13(1)(e)", "others who get it", sentence, controller) for sentence in said["recipients"]]
    rows += [
        Row("13(1)(e)", "who works for us", f"{one['name']} What {one['what']} Where {one['where']}", controller)
        for one in said["processors"]
    ]
    rows += [Row("13(2)(b)", "rights", sentence, words) for sentence in RIGHTS[:3]]
    for activity in activities():
        rows += _of_activity(activity)
    return sorted(rows, key=lambda row: REQUIRED.index(row.law))


def _about(sentences: tuple[str, ...], word: str) -> str:
    """The sentence that says it. Raises StopIteration where none does."""
    return next(sentence for sentence in sentences if word in sentence)


def _of_activity(activity: Activity) -> Iterator[Row]:
    source = f"{_STORES}/{activity.name}.py"
    yield Row("13(1)(a)", f"{activity.title}: who answers", answering(activity.role, [SHOP]), source)
    yield Row("13(1)(c)", f"{activity.title}: purpose", activity.purpose, source)
    yield Row("13(1)(c)", f"{activity.title}: lawful basis", activity.lawful_basis, source)
    if activity.legitimate_interests:
        yield Row("13(1)(d)", f"{activity.title}: the interest", activity.lawful_basis, source)
    if not activity.categories:
        return
    yield Row("13(2)(a)", f"{activity.title}: how long", kept_in_words(activity), source)
    for recipient in activity.recipients:
        yield Row("13(1)(e)", f"{activity.title}: who sees it", recipient, source)
    if activity.obligation:
        yield Row("13(2)(e)", f"{activity.title}: must it be given", activity.obligation, source)
    for category in activity.categories:
        yield Row("14(1)(d)", f"{activity.title}: what", category, source)
    yield Row("14(2)(f)", f"{activity.title}: where from", activity.source, source)


def of_widget() -> list[Row]:
    """The rows of what stands in the widget before anything is asked."""
    source = f"{_REGISTER}/words.py"
    text = widget_text("en", controller=SHOP.controller)
    who, why, rest = re.split(r"(?<=\.) ", text, maxsplit=2)
    return [
        Row("13(1)(a)", "who", who, source),
        Row("13(1)(c)", "why", why, source),
        Row("13(2)(a)", "how long", rest, source),
    ]


def of_copy() -> list[Row]:
    """The rows of the copy, of a person of whom each store holds something."""
    held = activities()
    first = held[0]
    said = notice(NOW, SHOP)
    return [
        Row("15(1)(a)", "purposes", first.purpose, f"{_STORES}/{first.name}.py, and so each activity"),
        Row("15(1)(b)", "categories", first.categories[0], f"{_STORES}/{first.name}.py, and so each activity"),
        Row("15(1)(c)", "recipients", first.recipients[0], f"{_STORES}/{first.name}.py, and so each activity"),
        Row("15(1)(d)", "periods", kept_in_words(first), f"{_STORES}/{first.name}.py, and so each activity"),
        Row("15(1)(d)", "in backups", BACKUPS.format(days="7 days"), f"{_REGISTER}/notice.py"),
        Row("15(1)(e)", "rights", "to correct what is wrong", _COPY),
        Row("15(1)(e)", "the right to object", "to stop using them where we rely on legitimate interests", _COPY),
        Row("15(1)(f)", "complaint", COMPLAINTS, _COPY),
        Row("15(1)(g)", "source", first.source, f"{_STORES}/{first.name}.py, and so each activity"),
        Row("15(1)(h)", "automated decisions", "No decisions about you are made by computer alone", _COPY),
        Row("15(2)", "transfers", said["transfers"], f"{_REGISTER}/controller.py"),
    ]


def letter(what: str) -> str:
    """A letter of this kind, in text."""
    return render(
        Letter(
            what=what, reference="abcd-efgh-ijkl", kind="access", asked_on=date(2026, 11, 1), name="Ann", code="123456",
            notice_url="https://chat.example/notice", due=date(2027, 2, 1), because="Because of that.",
            link="https://chat.example/your-request.html", until=date(2026, 12, 31),
            done=(Done(title="Chats", changed=3),),
        )
    ).text  # fmt: skip


def of_letters() -> list[Row]:
    """The rows of the letters: each of them says it."""
    return [
        row
        for what in TO_PEOPLE
        for row in (
            Row("13(1)(a)", f"{what}: who writes", CONTROLLER, _LETTER),
            Row("12(4)", f"{what}: how to complain", COMPLAINTS, _LETTER),
        )
    ]


def texts_of_html(html: str) -> str:
    """What a page says, without its style, in single spaces."""
    body = re.sub(r"<style>.*?</style>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def notice_text() -> str:
    """What the notice says, opened on a website."""
    return texts_of_html(notice_html(NOW, "/ask.html", SHOP))


def markdown() -> str:
    """The whole document."""
    parts = [_HEADING]
    for title, rows in (
        ("The notice", of_notice()),
        ("The widget", of_widget()),
        ("A copy", of_copy()),
        ("Each letter", of_letters()),
    ):
        lines = ["| law | item | sentence | source |", "|---|---|---|---|"]
        lines += [
            f"| {row.law} | {row.item} | {row.sentence.replace('|', chr(92) + '|')} | {row.source} |" for row in rows
        ]
        parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    import os

    os.environ["AWS_REGION"] = "eu-west-2"
    WRITTEN.write_text(markdown())
