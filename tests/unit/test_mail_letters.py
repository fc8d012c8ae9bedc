"""The letters about rights requests: each says what the law wants said, in text and HTML alike."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.mail.letters import LETTERS, Done, Kept, Letter, OnWebsite, render
from imchat.mail.transcript import Rendered
from imchat.register.controller import COMPLAIN_TO_US, COMPLAINTS, CONTACT, CONTROLLER
from imchat.register.stores import activities
from imchat.stores.requests import GROUNDS, TYPES

LETTER = Letter(
    what="acknowledgement", reference="abcd-efgh-ijkl", kind="access", asked_on=date(2026, 11, 1), name="Ann",
    notice_url="https://chat.example/notice", code="123456", due=date(2027, 2, 1), because="Because of that.",
    link="https://chat.example/your-request.html?reference=abcd-efgh-ijkl", until=date(2026, 12, 31), proof_wanted=True,
    done=(
        Done(title="Chats", changed=3),
        Done(title="System log", changed=0, kept=(Kept(4, "evidence of use", date(2027, 10, 1)),)),
        Done(title="Purchases", changed=0),
    ),
    recipients=("Metropolitan Police",), everywhere=True, elsewhere=(("Tea House", "privacy@tea.example"),),
    websites=(OnWebsite("Corner Shop", "Chats", 3, 0), OnWebsite("Corner Shop", "System log", 0, 4)),
    searched_by=("the email address ann@example.org",),
)  # fmt: skip
LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|None|\(\)|\S  \w|\n\n\n")


def words(html: str) -> str:
    body = html.partition("<body")[2].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


TO_WEBSITE = "passed_on"
TO_PERSON = tuple(what for what in LETTERS if what != TO_WEBSITE)


@pytest.mark.parametrize("what", TO_PERSON)
@pytest.mark.parametrize("kind", TYPES)
def test_every_letter_is_whole_and_says_who_we_are_and_how_to_complain(what: str, kind: str) -> None:
    rendered = render(replace(LETTER, what=what, kind=kind))
    assert rendered.subject.startswith("Your data-protection request abcd-efgh-ijkl: ")
    for said in (rendered.text, rendered.html):
        for needed in ("abcd-efgh-ijkl", CONTACT, COMPLAINTS, CONTROLLER, "https://chat.example/notice", "Ann"):
            assert needed in said
    assert not LEFTOVERS.search(rendered.text), rendered.text
    says_the_same(rendered)


def says_the_same(rendered: Rendered) -> None:
    for line in filter(None, (line.strip(" -") for line in rendered.text.splitlines())):
        if not line.startswith(("You can reach us", "Privacy notice")):
            assert " ".join(line.split()) in words(rendered.html).replace(" ,", ","), line


@pytest.mark.parametrize("kind", TYPES)
def test_a_request_is_passed_on_to_a_website_with_what_it_needs_to_answer(kind: str) -> None:
    rendered = render(replace(LETTER, what=TO_WEBSITE, kind=kind, passed_to="Tea House"))
    assert rendered.subject == "Data-protection request abcd-efgh-ijkl: passed on to you"
    for said in (rendered.text, rendered.html):
        for needed in ("abcd-efgh-ijkl", CONTACT, CONTROLLER, "Tea House", "ann@example.org", "1 November 2026"):
            assert needed in said
        for spared in (COMPLAINTS, "123456", "Corner Shop", "Metropolitan Police"):
            assert spared not in said
    assert not LEFTOVERS.search(rendered.text), rendered.text
    says_the_same(rendered)


@pytest.mark.parametrize("what", TO_PERSON)
def test_N16_a_letter_links_to_us_and_the_commissioner_and_loads_nothing(what: str) -> None:
    html = render(replace(LETTER, what=what)).html
    assert not re.search(r"<(img|script|link|iframe)|url\(|src=", html)
    hosts = set(re.findall(r"https?://([^/\"<\s]+)", html))
    assert hosts <= {"chat.example", "ico.org.uk"}


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("acknowledgement", ("123456", "within 10 minutes", "within one month", "30 days", "your-request")),
        ("code", ("123456", "ignore this mail")),
        ("proof_refused", ("another proof", "Nothing has been searched", "30 days")),
        ("question", ("Because of that.", "stands still")),
        ("inquiry", ("Because of that.", "answer this mail")),
        ("extended", ("1 February 2027", "Because of that.", "complain")),
        ("refused", ("Because of that.", "complain", "court")),
        ("no_proof", ("asked us on 1 November 2026", "nothing has been given", "no computer", "court")),
        ("ready", ("your-request", "31 December 2026", "code")),
        ("erased", ("Corner Shop: Chats, 3 deleted; System log, 4 kept", "Tea House: privacy@tea.example")),
        ("ready", ("all websites for which we answer", "Tea House: privacy@tea.example")),
        ("nothing_held", ("all websites for which we answer", "Tea House: privacy@tea.example")),
        ("erased", ("Chats: 3 deleted", "4 kept until 1 October 2027 (evidence of use)", "Metropolitan Police")),
        ("rectified", ("Chats: 3 corrected",)),
        ("restricted", ("Chats: 3 restricted", "Before that ends, we tell you")),
        ("objection_upheld", ("Chats: 3 done as you wished",)),
        ("objection_overruled", ("Because of that.", "court")),
        ("restriction_lifted", ("about to end",)),
        ("answered", ("Because of that.", "court")),
        ("withdrawn", ("as you wished",)),
    ],
)  # fmt: skip
def test_N13_each_letter_says_what_it_is_for(what: str, said: tuple[str, ...]) -> None:
    text = render(replace(LETTER, what=what)).text
    for one in said:
        assert one in text, text
    assert "Purchases: " not in text  # nothing was held there


@pytest.mark.parametrize("kind", TYPES)
def test_only_a_question_about_access_says_that_the_time_of_the_law_stands_still(kind: str) -> None:
    said = {what: "stands still" in render(replace(LETTER, what=what, kind=kind)).text for what in TO_PERSON}
    assert [what for what, stands_still in said.items() if stands_still] == (["question"] if kind == "access" else [])


def test_the_month_runs_from_the_proof_only_while_the_clock_waits_for_it() -> None:
    asked_in_time = replace(LETTER, what="acknowledgement", due=None)
    assert "within one month of your proof" in render(asked_in_time).text
    assert "of your proof" not in render(replace(LETTER, what="acknowledgement")).text


def test_N7_who_is_not_found_is_told_what_was_searched_and_what_nobody_can_find() -> None:
    text = render(replace(LETTER, what="nothing_held")).text
    assert all(f"  - {one.title}\n" in text for one in activities() if one.categories)
    assert "on which website it was, on which day and at what time, and words that you wrote" in " ".join(text.split())


def test_a_receipt_of_nothing_says_so() -> None:
    text = render(replace(LETTER, what="erased", kind="erasure", done=(), recipients=())).text
    assert "We found nothing about you" in text
    assert "given to others" not in text


RECEIPTS = {
    "erased": ("deleted", "kept"),
    "rectified": ("corrected", "not corrected"),
    "restricted": ("restricted", "not restricted, and kept"),
    "objection_upheld": ("done as you wished", "left as it was"),
}
COURT = "complain to the Information Commissioner's Office (the address is below), and you can go to a court."
kepts = st.builds(
    Kept,
    number=st.integers(1, 99),
    why=st.sampled_from(["evidence of use", "deleted before we came to it"]),
    until=st.none() | st.dates(date(2027, 1, 1), date(2033, 1, 1)),
    law=st.none() | st.sampled_from(["UK GDPR Article 17(3)(b)", "UK GDPR Article 18(2)"]),
)
dones = st.builds(
    Done,
    title=st.sampled_from([one.title for one in activities()]),
    changed=st.integers(0, 5),
    kept=st.lists(kepts, max_size=3).map(tuple),
)


@pytest.mark.parametrize("what", RECEIPTS)
@given(
    done=st.lists(dones, max_size=4, unique_by=lambda one: one.title),
    put_aside=st.booleans(),
    not_done=st.none() | st.just("The name of your shop is right."),
)
def test_N18_a_receipt_says_what_was_not_done_and_how_to_complain_of_it(
    what: str, done: list[Done], put_aside: bool, not_done: str | None
) -> None:
    letter = replace(LETTER, what=what, done=tuple(done), put_aside=put_aside, not_done=not_done, recipients=())
    text = render(letter).text
    did, did_not = RECEIPTS[what]
    for one in done:
        assert not one.changed or f"{one.title}: {one.changed} {did}" in text
        for number, why, until, law in one.kept:
            assert f"{number} {did_not}" in text
            assert f"({why}; {law})" in text if law else f"({why})" in text
            assert until is None or f"until {until.day} {until:%B %Y} ({why}" in text
    changed, kept = any(one.changed for one in done), any(one.kept for one in done)
    assert ("We found nothing" in text) is not (changed or kept or put_aside)
    assert ("nothing shows that they are yours" in text) is put_aside
    assert (COURT in text) is bool(kept or put_aside or not_done)
    if COURT in text:
        assert " ".join(text.partition("Reference:")[0].split()).endswith(COURT)
    assert not_done is None or not_done in text


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_receipt_says_on_which_ground_each_kind_of_data_was_erased(ground: str) -> None:
    done = (Done(title="Chats", changed=2), Done(title="Calls and emails", changed=1))
    text = render(replace(LETTER, what="erased", kind="erasure", done=done, ground=ground)).text
    assert f"Chats: 2 deleted ({GROUNDS[ground]})" in text
    assert f"Calls and emails: 1 deleted ({GROUNDS[ground]})" in text
    assert "UK GDPR Article 17(1)(" in GROUNDS[ground]


@pytest.mark.parametrize("what", ["refused", "objection_overruled", "no_proof", "nothing_held", "extended", "ready"])
def test_whatever_is_less_than_was_asked_for_ends_with_complaint_and_court(what: str) -> None:
    text = render(replace(LETTER, what=what)).text
    assert " ".join(text.partition("Reference:")[0].split()).endswith(COURT)


@pytest.mark.parametrize(
    ("what", "without"),
    [
        ("code", "code"), ("question", "because"), ("inquiry", "because"), ("extended", "due"), ("extended", "because"), ("refused", "because"),
        ("ready", "link"), ("ready", "until"), ("objection_overruled", "because"), ("answered", "because"),
    ],
)  # fmt: skip
def test_a_letter_without_what_it_must_say_is_refused(what: str, without: str) -> None:
    lacking: dict[str, Any] = {without: None}
    with pytest.raises(ValueError, match=without):
        render(replace(LETTER, what=what, **lacking))


def test_a_letter_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        render(replace(LETTER, what="flattery"))


@given(name=st.text(max_size=40), because=st.text(min_size=1, max_size=200))
def test_what_people_wrote_stays_text_and_changes_no_header(name: str, because: str) -> None:
    rendered = render(replace(LETTER, what="refused", name=name, because=f"a{because}"))
    assert rendered.subject == render(replace(LETTER, what="refused")).subject
    tags = re.findall(r"<[^>]+>", rendered.html)
    plain = render(replace(LETTER, what="refused", name="Ann", because="a"))
    named = 0 if not re.search(r"Hello <span", rendered.html) else 2
    assert len(tags) == len(re.findall(r"<[^>]+>", plain.html)) - 2 + named


def test_html_in_a_name_or_a_reason_is_not_html() -> None:
    html = render(replace(LETTER, what="refused", name="<b>Ann</b>", because="<script>x</script>\n\"'&")).html
    assert "<b>" not in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("what", TO_PERSON)
@pytest.mark.parametrize("kind", TYPES)
def test_every_letter_but_the_outcome_of_a_complaint_says_how_to_complain_to_us(what: str, kind: str) -> None:
    """DPA 2018, s 164A: whoever has had an outcome is not sent round once more."""
    rendered = render(replace(LETTER, what=what, kind=kind))
    outcome = kind == "complaint" and what in ("answered", "refused")
    for said in (rendered.text, words(rendered.html)):
        assert (COMPLAIN_TO_US in said) is not outcome
        assert not outcome or ("court" in said and "tell us first" not in said)
    assert "30 days" in COMPLAIN_TO_US
    assert CONTACT in COMPLAIN_TO_US


@pytest.mark.parametrize("what", TO_PERSON)
def test_a_letter_to_an_answer_address_says_why_it_comes_and_holds_no_code(what: str) -> None:
    letter = replace(LETTER, what=what, code=None if what != "code" else "123456", post="1 Temple Lane\nLondon")
    text = render(replace(letter, redirected=True)).text
    assert text.startswith("1 Temple Lane\nLondon\n")
    assert "We were asked to answer this request at this address" in text
    if what == "ready":
        assert "comes with this letter" in text
        assert "code" not in text


@pytest.mark.parametrize(
    ("what", "kind", "said"),
    [
        ("acknowledgement", "complaint", ("Your complaint is here", "how it goes", "without undue delay")),
        ("progress", "complaint", ("Because of that.", "at the latest in 30 days")),
        ("answered", "complaint", ("what came of it", "Because of that.", "Information Commissioner", "court")),
        ("answer_elsewhere", "access", ("not to this address", "no code goes there", "at once")),
    ],
)
def test_N13_letters_of_complaints_and_of_answers_elsewhere_say_what_they_are_for(
    what: str, kind: str, said: tuple[str, ...]
) -> None:
    text = render(replace(LETTER, what=what, kind=kind, code=None)).text
    for one in said:
        assert one in text, text
