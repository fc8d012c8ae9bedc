"""Mail to a person's address that is stopped, as the desk sees it and lifts it."""

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from imchat import clock
from imchat.stores import limits
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.desk import taken_in
from tests.flow.rights import NOW, at_step, person
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


def test_the_desk_sees_since_when_mail_bounces_and_lifts_it(open_console: OpenConsole, site: TestSite) -> None:
    email, now = person(), clock.now()
    reference = taken_in(site, "access", NOW, email=email)
    path = f"/v1/desk/requests/{reference}"
    at_step(site.privacy, path, "review")
    limits.suppress(limits.address_hash(email), "bounced", now)
    seen = site.privacy("GET", path).json
    assert seen["mail"]["letters"]["reason"] == seen["mail"]["transcripts"]["reason"] == "bounced"
    assert abs((datetime.fromisoformat(seen["mail"]["letters"]["since"]) - now).total_seconds()) < 1

    def lifted(route: Route) -> None:
        """The emulator's SES has no such list; what the API answers once it was lifted."""
        answer: dict[str, Any] = seen | {"mail": {"letters": None, "transcripts": None}}
        event = {"at": now.isoformat(), "what": "suppression_lifted", "by": "system"}
        route.fulfill(json=answer | {"events": [*seen["events"], event]})

    desk = open_console(site.privacy, "desk", "requests", reference)
    expect(desk.page.get_by_text("Mail to this address bounced on")).to_be_visible()
    assert desk.violations() == []
    desk.page.route("**/suppression", lifted)
    desk.button("Send mail there again").click()
    expect(desk.page.get_by_text("Mail goes to this address again.")).to_be_visible()
    expect(desk.page.get_by_text("Mail to this address bounced on")).to_have_count(0)
    expect(desk.page.get_by_text("Mail to the address was allowed again")).to_be_visible()
