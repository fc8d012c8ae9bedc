"""Who else is at work: the owner of a site, who looks at the numbers, and its data-protection staff, who answer a request
now and then."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from imchat.stores import statistics
from imchat.visits import reading as visits
from tests.flow.client import POOL, until
from tests.flow.sites import TestSite
from tests.load.journal import Chat, Journal
from tests.load.operators import signed_in
from tests.load.tally import Tally, Timed

_LOOK_SECONDS = 4
# A request is answered for each so many chats that have ended.
_CHATS_A_REQUEST = 20


def own(site: TestSite, tally: Tally, over: Event) -> None:
    """Look at the statistics and the visits from time to time, until ``over``."""
    api = signed_in(site.owner, site.stack, tally)
    while not over.wait(_LOOK_SECONDS):
        counted(api)


def counted(api: Timed) -> dict[str, int]:
    """The site's counts as its owner sees them, from yesterday to tomorrow: a run may last past midnight."""
    today = datetime.now(UTC).date()
    days = f"from={today - timedelta(days=1)}&to={today + timedelta(days=1)}"
    chats = api("GET", f"/v1/account/statistics?{days}")
    views = api("GET", f"/v1/account/visits?{days}")
    if chats.status != 200 or views.status != 200:
        return {}
    return chats.json["total"] | {"visits": views.json["total"]["views"]}


def exactly(site_id: str) -> dict[str, int]:
    """All that was counted of a site, those among it that are too few to be shown."""
    now = datetime.now(UTC)
    first, last = (now - timedelta(days=1)).date(), (now + timedelta(days=1)).date()
    total = statistics.total(statistics.read(site_id, first, last, now.date()))
    return total | {"visits": sum(int(one.views) for one in visits.read(site_id, first, last, now))}


def answer_requests(site: TestSite, journal: Journal, tally: Tally, over: Event) -> None:
    """Answer requests for access of people whose chats have ended, until ``over``; at least one."""
    api, second = (signed_in(member, site.stack, tally) for member in (site.privacy, site.privacy2))
    asked: set[str] = set()
    while not over.wait(1):
        ended = [one for one in journal.of(site.site.site_id) if _asks(one)]
        if len(ended) > _CHATS_A_REQUEST * len(asked):
            chat = next((one for one in reversed(ended) if one.chat_id not in asked), None)
            if chat:
                asked.add(chat.chat_id)
                _answer(api, second, chat, tally)
                journal.count("requests for access answered")


def _asks(chat: Chat) -> bool:
    return bool(chat.closed and chat.email and chat.stories and chat.stories[0].whole and not chat.deleted)


def _answer(api: Timed, second: Timed, chat: Chat, tally: Tally) -> None:
    now = datetime.now(UTC).isoformat()
    proof = {"decision": "proven", "method": "document", "at": now}
    asked = {"type": "access", "channel": "letter", "received_at": now, "email": chat.email, "identity": proof}
    made = second("POST", "/v1/desk/requests", asked)
    if made.status != 201:
        return
    path = f"/v1/desk/requests/{made.json['reference']}"
    _at_step(api, path, "review")
    for found in api("GET", f"{path}/findings?store=chats").json["items"]:
        if found["candidate"]:  # a document proves no address
            second("POST", f"{path}/candidates", {"item": found["item"], "taken": True})
    api("POST", f"{path}/approve")
    _at_step(api, path, "delivery")
    link = api("POST", f"{path}/links")
    if link.status == 201 and not chat.deleted:
        held = _texts(POOL.request("GET", link.json["url"]).data)
        for said in chat.promised:
            if said.by != "note" and said.text not in held:
                tally.fail("the copy", "a message is missing from it")


def _at_step(api: Timed, path: str, step: str) -> None:
    def there() -> Any:
        found = api("GET", path)
        return found.status == 200 and found.json["progress"]["step"] == step

    until(there, tries=400)


def _texts(copy: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
