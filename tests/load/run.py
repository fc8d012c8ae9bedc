"""A run: sites with their staff at work, so many visitors at once until there were enough, then the reckoning."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from infra.local.mailbox import sent_mail
from tests.flow.client import Api, until
from tests.flow.sites import TestSite, make_site
from tests.load import others
from tests.load.journal import Journal
from tests.load.operators import Operator, signed_in
from tests.load.oracle import Verdict, judge_chat, judge_counts, judge_mails, judge_shown
from tests.load.tally import Tally, at_the_edge
from tests.load.visitors import Visitor

SITES = 2
_TRANSCRIPT = "Your chat with"
# A job that met another at work on the same chat comes again after the queue's visibility timeout, three minutes.
_QUEUE_TRIES = 1000


@dataclass(frozen=True)
class Outcome:
    """All that a run has to tell."""

    journal: Journal
    tally: Tally
    verdict: Verdict
    seconds: float

    @property
    def clean(self) -> bool:
        return not self.tally.failed and not self.verdict.number


def run(stack: dict[str, Any], users: int, enough: Callable[[int], bool]) -> Outcome:
    """``users`` visitors at once; a new one as long as the number of those who came is not ``enough``. Needs the
    library to speak to the stack, as the ``tables`` fixture has it do."""
    journal, tally, over = Journal(), Tally(), Event()
    sites = [make_site(at_the_edge(stack)) for _ in range(SITES)]
    begun = time.monotonic()
    with ThreadPoolExecutor(SITES * 4) as staff:
        at_work = [job for site in sites for job in _staff(staff, site, journal, tally, over)]
        try:
            # Without its staff, nobody would be answered.
            _visits(sites, users, lambda came: enough(came) or any(job.done() for job in at_work), journal, tally)
        finally:
            over.set()
        for job in at_work:
            job.result()
    seconds = time.monotonic() - begun
    return Outcome(journal, tally, reckon(stack, sites, journal, tally), seconds)


def _staff(pool: ThreadPoolExecutor, site: TestSite, journal: Journal, tally: Tally, over: Event) -> Iterator[Any]:
    for place in range(2):
        yield pool.submit(Operator(site, place, journal, tally).work, over)
    yield pool.submit(others.own, site, tally, over)
    yield pool.submit(others.answer_requests, site, journal, tally, over)


def _visits(sites: list[TestSite], users: int, enough: Callable[[int], bool], journal: Journal, tally: Tally) -> None:
    lock, came = Lock(), iter(range(1, 1_000_000))

    def visit_until_enough() -> None:
        while True:
            with lock:
                number = next(came)
            if enough(number - 1):
                return
            Visitor(sites[number % len(sites)], number, journal, tally).live()

    with ThreadPoolExecutor(users) as pool:
        for job in [pool.submit(visit_until_enough) for _ in range(users)]:
            job.result()


def reckon(stack: dict[str, Any], sites: list[TestSite], journal: Journal, tally: Tally) -> Verdict:
    """Look at all that is left, and compare."""
    verdict = Verdict()
    _all_mail_sent(stack)
    mails = Counter(one["To"][0] for one in sent_mail(stack["endpoint_url"]) if one["Subject"].startswith(_TRANSCRIPT))
    for site in sites:
        operator = signed_in(site.operator, site.stack, tally)
        for chat in journal.of(site.site.site_id):
            found = operator("GET", f"/v1/operator/chats/{chat.chat_id}", refusals=[404])
            if found.status == 200 and chat.deleted:
                verdict.complain("not deleted", chat.chat_id)
            elif found.status == 200:
                story = chat.story("the last look", notes=True)
                story.read(found.json)
                while found.json["more"]:
                    found = operator("GET", f"/v1/operator/chats/{chat.chat_id}?after={story.cursor}")
                    story.read(found.json)
                story.whole = True
            elif not chat.deleted:
                verdict.complain("lost", f"{chat.chat_id}: the whole chat")
            judge_chat(chat, verdict)
            if chat.email:
                judge_mails(chat, mails[chat.email], verdict)
        shown, counted = others.counted(signed_in(site.owner, site.stack, tally)), others.exactly(site.site.site_id)
        judge_shown(shown, counted, verdict)
        judge_counts(list(journal.of(site.site.site_id)), journal.visits.get(site.site.site_id, 0), counted, verdict)
    return verdict


def _all_mail_sent(stack: dict[str, Any]) -> None:
    """Until the queue is empty, those messages that are being worked on among them."""
    sqs = Api(stack).client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def empty() -> bool:
        found = sqs.get_queue_attributes(QueueUrl=stack["queues"]["transcripts"], AttributeNames=names)
        return not any(int(found["Attributes"][name]) for name in names)

    until(empty, tries=_QUEUE_TRIES)
