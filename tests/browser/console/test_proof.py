"""The desk's page of the nightly proof."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from playwright.sync_api import expect

from imchat import clock
from imchat.clock import rfc3339
from imchat.prover.finding import Finding, Outcome
from imchat.prover.history import Span
from imchat.prover.night import Night, keep
from imchat.register.promises import PROMISES
from imchat.settings import settings
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.desk import confirm
from tests.flow.client import staff
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")
KEPT, NOT_KEPT, UNKNOWN = Outcome.KEPT, Outcome.NOT_KEPT, Outcome.UNKNOWN
TECHNICAL = "imchat-dev-ChatsTable: TTL is DISABLED"


@pytest.fixture
def night() -> Iterator[None]:
    """A night in which promise 3 was not kept and promise 6 could not be checked; the one before it is put back."""
    s3, place = boto3.client("s3"), {"Bucket": settings().proof_bucket, "Key": "findings/night.json"}
    before = s3.list_objects_v2(Bucket=place["Bucket"], Prefix=place["Key"]).get("KeyCount")
    body = s3.get_object(**place)["Body"].read() if before else None
    at = rfc3339(clock.now())
    state = dict.fromkeys(PROMISES, KEPT) | {3: NOT_KEPT, 6: UNKNOWN}
    findings = {
        "expiry": Finding(NOT_KEPT, TECHNICAL),
        "sweeper": Finding(KEPT),
        "mail-out": Finding(UNKNOWN, "GetEmailIdentity: AccessDenied"),
    }
    keep(Night(at, "r", findings, {number: [Span(each, at, at)] for number, each in state.items()}))
    yield
    if body:
        s3.put_object(**place, Body=body)
    else:
        s3.delete_object(**place)


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_desk_sees_what_failed_and_writes_what_the_public_page_says(
    open_console: OpenConsole, stack: dict[str, Any], *, phone: bool
) -> None:
    desk = open_console(staff(stack, "privacy"), "desk", "proof", phone=phone)
    failure = desk.page.locator(".card").filter(has_text=f"3. {PROMISES[3]}")
    expect(failure).to_contain_text(TECHNICAL)
    expect(failure).to_contain_text("1 other check kept")
    expect(failure).to_contain_text("We have been told and are looking into it.")
    unknown = desk.page.locator(".card").filter(has_text=f"6. {PROMISES[6]}")
    expect(unknown).to_contain_text("GetEmailIdentity: AccessDenied")
    expect(unknown.get_by_role("button")).to_have_count(0)
    assert desk.violations() == []
    failure.get_by_role("button", name="Write what happened").click()
    assert desk.violations() == []
    confirm(desk, "What the public page says", "Publish", In_a_sentence_or_two="Rule <b>off</b>; it is on again.")
    expect(failure).to_contain_text("Rule <b>off</b>; it is on again.")
    failure.get_by_role("button", name="Change it").click()
    window = desk.dialog("What the public page says")
    said = staff(stack, "privacy2")(
        "PUT", "/v1/desk/proof/3", {"sentence": "Paul wrote.", "instead_of": "Rule <b>off</b>; it is on again."}
    )
    assert said.status == 204
    window.get_by_label("In a sentence or two").fill("Priya wrote.")
    window.get_by_role("button", name="Publish").click()
    expect(window.get_by_role("alert")).to_contain_text("Somebody else changed it just now")
    expect(window).to_contain_text("The page says now: “Paul wrote.”")
    expect(window.get_by_label("In a sentence or two")).to_have_value("Priya wrote.")
    window.get_by_role("button", name="Publish").click()
    expect(failure).to_contain_text("Priya wrote.")


def test_the_desk_of_another_website_is_told_who_looks_after_the_proof(
    open_console: OpenConsole, site: TestSite
) -> None:
    desk = open_console(site.privacy, "desk", "proof")
    expect(desk.page.get_by_role("heading", name="Another desk answers for this")).to_be_visible()
    assert desk.violations() == []
