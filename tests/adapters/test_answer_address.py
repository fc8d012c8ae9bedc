"""A request is answered at another address than the one that is searched: on evidence, approved by a second person,
without codes, and told to the address that is searched (UK GDPR Art 12(1), 12A, 5(1)(f))."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.rights import answer_address, asking, handling, intake, letters, links, review, telling
from imchat.rights.intake import Identity
from imchat.rights.reminding import reminders
from imchat.stores.requests import STORE, Request
from imchat.subjects import Subject
from tests.adapters.answers import answering, reviewing, searching
from tests.adapters.people import Person, fill, somebody
from tests.adapters.worlds import NOON, World, world

pytestmark = pytest.mark.usefixtures("tables", "sent")
POST = "Solicitors & Co\n1 Temple Lane\nLondon"


def asked(site: World, who: Person, kind: str = "access", **more: Any) -> Request:
    return intake.take_in(
        site.site_id, "peter", kind=kind, channel="letter", received_at=NOON, name=who.name, email=who.email,
        details="It is wrong.", now=NOON, **more,
    )  # fmt: skip


def proven(site: World, who: Person, kind: str = "access") -> Request:
    return asked(site, who, kind, identity=Identity(True, "document", NOON))


def entered(request: Request, by: str = "paula", **where: Any) -> Request:
    given: dict[str, Any] = {"email": None, "post": None, "name": None, "authority": "Signed authority of 1 March."}
    given |= {"untold_because": None} | where
    return answer_address.enter(request.pk, request.site_id, by, **given, now=NOON)


def approved(request: Request) -> Request:
    return answer_address.approve(request.pk, request.site_id, "priya", NOON)


def mail_all(reference: str) -> list[str]:
    """What became of the letters that had not gone."""
    waiting = [number for number, one in enumerate(Request.get(reference).letters, 1) if not one.outcome]
    return [telling.send(reference, number, NOON) for number in waiting]


def copied(request: Request) -> Request:
    """Searched, reviewed, approved, and its copy made."""
    for task in searching(request.pk, NOON):
        task()
    reviewing(request.pk)
    review.approve(request.pk, request.site_id, "priya", NOON)
    for task in answering(request.pk, NOON):
        task()
    return Request.get(request.pk)


def test_it_is_entered_with_evidence_by_one_and_approved_by_another(sent: list[dict[str, Any]]) -> None:
    site, who = world(), somebody()
    request = entered(asked(site, who), email="counsel@law.example", name="Counsel")
    assert not letters.answers_elsewhere(request)
    with pytest.raises(Forbidden):
        answer_address.approve(request.pk, site.site_id, "paula", NOON)
    assert not Request.get(request.pk).answer_to.approved_by
    assert approved(request).answer_to.approved_by == "priya"
    again = approved(request)
    assert [one.what for one in again.letters].count("answer_elsewhere") == 1
    with pytest.raises(InvalidInput) as refused:
        entered(request, authority=" ", email="counsel@law.example")
    assert refused.value.field == "authority"


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ({}, "email"), ({"email": "a@b.example", "post": POST}, "email"), ({"email": "nothing"}, "email"),
        ({"email": "müller@law.example"}, "email"), ({"post": "x" * 2001}, "post"), ({"post": "  "}, "email"),
    ],
)  # fmt: skip
def test_what_is_no_single_place_for_a_letter_is_refused(where: dict[str, Any], field: str) -> None:
    request = asked(world(), somebody())
    with pytest.raises(InvalidInput) as refused:
        entered(request, **where)
    assert refused.value.field == field
    assert Request.get(request.pk).answer_to is None


def test_the_address_that_is_searched_in_any_spelling_is_no_answer_address() -> None:
    who = somebody()
    request = asked(world(), who)
    with pytest.raises(InvalidInput):
        entered(request, email=who.email.upper())


def test_whoever_entered_it_approves_neither_it_nor_the_request_and_a_review_approves_both() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = entered(proven(site, who), post=POST)
    for task in searching(request.pk, NOON):
        task()
    reviewing(request.pk)
    with pytest.raises(Forbidden):
        review.approve(request.pk, site.site_id, "paula", NOON)
    done = review.approve(request.pk, site.site_id, "priya", NOON)
    assert done.answer_to.approved_by == "priya"
    with pytest.raises(Conflict):
        entered(request, email="counsel@law.example")
    with pytest.raises(Conflict):
        answer_address.remove(request.pk, site.site_id, "priya", NOON)


def test_another_address_needs_another_approval() -> None:
    request = approved(entered(asked(world(), somebody()), email="counsel@law.example"))
    assert not letters.answers_elsewhere(entered(request, email="other@law.example"))


@given(
    code_to_other=st.booleans(),
    where=st.sampled_from(({"email": "counsel@law.example"}, {"post": POST})),
    order=st.permutations(("enter", "approve", "code", "proof_refused")),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_N13_no_code_ever_goes_to_an_answer_address_whatever_happens_when(
    code_to_other: bool, where: dict[str, str], order: list[str], sent: list[dict[str, Any]]
) -> None:
    sent.clear()
    site, who = world(), somebody()
    request = asked(site, who)
    for step in order:
        if step == "enter":
            entered(request, **where)
        elif step == "approve" and Request.get(request.pk).answer_to:
            approved(request)
        elif step == "code":
            asking.ask_for_code(request.pk, NOON)
        elif step == "proof_refused":
            intake.decide_identity(request.pk, site.site_id, "peter", Identity(False, "document", NOON), NOON)
        if code_to_other:
            mail_all(request.pk)
    mail_all(request.pk)
    coded = [mail for mail in sent if b"minutes" in mail["raw"]]
    assert coded
    assert {mail["recipient"] for mail in coded} == {who.email}


def test_letters_go_there_once_it_is_approved_and_the_searched_address_is_told(sent: list[dict[str, Any]]) -> None:
    site, who = world(), somebody()
    request = proven(site, who)
    mail_all(request.pk)
    entered(request, email="counsel@law.example", name="Counsel")
    handling.extend(request.pk, site.site_id, "peter", "It is much.", NOON)
    mail_all(request.pk)
    assert {mail["recipient"] for mail in sent} == {who.email}
    sent.clear()
    approved(request)
    mail_all(request.pk)
    (told,) = sent
    assert told["recipient"] == who.email
    sent.clear()
    handling.pause(request.pk, site.site_id, "peter", "Which account?", NOON)
    mail_all(request.pk)
    (question,) = sent
    assert question["recipient"] == "counsel@law.example"
    assert Request.get(request.pk).letters[-1].elsewhere


def test_the_searched_address_is_not_told_where_that_endangers_somebody_and_its_copy_hides_it(
    sent: list[dict[str, Any]],
) -> None:
    site, who = world(), somebody()
    request = asked(site, who, identity=Identity(True, "document", NOON))
    mail_all(request.pk)
    sent.clear()
    approved(entered(request, post=POST, name="A Refuge", untold_because="Somebody violent reads this mailbox."))
    mail_all(request.pk)
    assert sent == []
    references = STORE.find(Subject.of(site.site_id, emails=[who.email]))
    said = str(list(STORE.export(references, NOON)))
    assert "Temple" not in said
    assert "Refuge" not in said
    assert "violent" not in said
    assert "address" not in said.replace("Email address", "")


def test_the_person_sees_in_their_copy_where_the_answer_goes() -> None:
    site, who = world(), somebody()
    approved(entered(asked(site, who), email="counsel@law.example"))
    (shown,) = STORE.export(STORE.find(Subject.of(site.site_id, emails=[who.email])), NOON)
    assert {fact.name: fact.value for fact in shown.facts}["The answer goes to"] == "counsel@law.example"


@pytest.mark.parametrize("where", [{"post": POST}, {"email": "counsel@law.example"}])
def test_N13_a_copy_for_an_answer_address_is_sent_by_the_desk_and_no_code_opens_it(
    where: dict[str, str], sent: list[dict[str, Any]]
) -> None:
    site, who = world(), somebody()
    fill(site, who)
    done = copied(entered(proven(site, who), **where))
    ready = done.letters[-1]
    assert (ready.what, ready.elsewhere, ready.outcome) == ("ready", True, "to_post")
    text = letters_text(done, len(done.letters))
    assert "comes with this letter" in text
    assert "code" not in text
    if "post" in where:
        assert text.startswith(POST)
    before = len(done.letters)
    asking.ask_for_code(done.pk, NOON)
    assert len(Request.get(done.pk).letters) == before
    done.change([Request.code_hash.set(asking.code_hash(done.pk, "123456")), Request.code_tries.set(0),
                 Request.code_until.set(int(NOON.timestamp()) + 600)])  # fmt: skip
    with pytest.raises(NotFound):
        links.fetch(done.pk, "123456", NOON)
    assert links.make(done.pk, site.site_id, "priya", NOON)[1]


def letters_text(request: Request, number: int) -> str:
    from imchat.mail.letters import render

    return render(telling.written(request, request.letters[number - 1])).text


def test_the_desk_records_that_it_sent_the_letter_and_the_copy_and_is_reminded_until_then() -> None:
    site, who = world(), somebody()
    fill(site, who)
    done = copied(entered(proven(site, who), post=POST))
    due = NOON + timedelta(days=29)  # two days before the answer is due
    told = [str(one) for one in reminders([done], due)]
    assert len(told) == 1
    assert "the letter “ready”" in told[0]
    number = len(done.letters)
    with pytest.raises(InvalidInput):
        letters.record_sent(done.pk, site.site_id, "peter", number, NOON, on=(NOON + timedelta(days=1)).date())
    for _ in range(2):
        posted = letters.record_sent(
            done.pk, site.site_id, "peter", number, NOON, on=NOON.date(), how="Special Delivery"
        )
    letter = posted.letters[-1]
    assert (letter.outcome, letter.sent_on, letter.sent_how) == ("posted", "2099-03-03", "Special Delivery")
    assert [one.what for one in posted.events].count("letter sent") == 1
    assert reminders([posted], due) == []
    with pytest.raises(NotFound):
        letters.record_sent(done.pk, site.site_id, "peter", number + 1, NOON, on=NOON.date())


def test_a_letter_that_goes_by_itself_or_has_gone_is_not_the_desks_to_send(sent: list[dict[str, Any]]) -> None:
    site = world()
    request = asked(site, somebody())
    for _ in range(2):
        with pytest.raises(Conflict):
            letters.record_sent(request.pk, site.site_id, "peter", 1, NOON, on=NOON.date())
        mail_all(request.pk)


def test_what_waits_for_an_address_that_was_taken_back_goes_nowhere(sent: list[dict[str, Any]]) -> None:
    site, who = world(), somebody()
    request = approved(entered(proven(site, who), email="counsel@law.example"))
    handling.pause(request.pk, site.site_id, "peter", "Which account?", NOON)
    answer_address.remove(request.pk, site.site_id, "peter", NOON)
    mail_all(request.pk)
    assert "counsel@law.example" not in {mail["recipient"] for mail in sent}
    assert Request.get(request.pk).letters[-1].outcome == "failed"
    with pytest.raises(NotFound):
        answer_address.remove(request.pk, site.site_id, "peter", NOON)


def test_a_mailbox_that_the_key_does_not_name_is_not_written_to(sent: list[dict[str, Any]]) -> None:
    site, who = world(), somebody()
    request = approved(entered(proven(site, who), email="counsel@law.example"))
    stored = Request.get(request.pk)
    stored.answer_to.email_key = "another@law.example"
    stored.change([Request.answer_to.set(stored.answer_to)])
    handling.pause(request.pk, site.site_id, "peter", "Which account?", NOON)
    mail_all(request.pk)
    assert "counsel@law.example" not in {mail["recipient"] for mail in sent}
    assert Request.get(request.pk).letters[-1].outcome == "failed"


def test_another_sites_requests_do_not_exist() -> None:
    request = asked(world(), somebody())
    elsewhere = world().site_id
    with pytest.raises(NotFound):
        answer_address.enter(
            request.pk, elsewhere, "p", email="a@b.example", post=None, name=None, authority="x", untold_because=None,
            now=NOON,
        )  # fmt: skip
    for act in (answer_address.approve, answer_address.remove):
        with pytest.raises(NotFound):
            act(request.pk, elsewhere, "p", NOON)
    with pytest.raises(NotFound):
        letters.record_sent(request.pk, elsewhere, "p", 1, NOON, on=NOON.date())
