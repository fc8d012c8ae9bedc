"""As the inbox fills: its first page of ten, by how many open chats the site has; and pages of fifty on the way to the
end of the fullest, by their place."""

from collections.abc import Sequence
from functools import partial

from bench.population import chats, write
from bench.scale.gauge import Gauge
from bench.scale.series import Series
from bench.scale.world import NOON, at, site
from imchat.chat.inbox import Listing, listing
from imchat.places import spelled
from imchat.stores.chats import OPEN, Chat, inbox_key

_FIRST, _PAGE, _MESSAGES = 10, 50, 2


def measured(gauge: Gauge, sizes: Sequence[int]) -> tuple[list[Series], list[Series]]:
    """First pages by the number of open chats; pages of the fullest inbox by their place, counted from 1."""
    at(NOON)
    for size in sizes:
        here = site()
        write(chats(here, size, messages=_MESSAGES, opened=NOON, closed=False))
        _page(here.site_id, _FIRST, None)
        gauge.of("first page", size, partial(_page, here.site_id, _FIRST, None))
    first, fullest = gauge.taken(), here.site_id
    starts = _starts(fullest)
    assert _page(fullest, _PAGE, starts[-2]).next == starts[-1]
    for place in (1, len(starts) // 2, len(starts)):
        _page(fullest, _PAGE, starts[place - 1])  # from now on, this hour's views are recorded
        gauge.of("page of the inbox", place, partial(_page, fullest, _PAGE, starts[place - 1]))
    return first, gauge.taken()


def _page(site_id: str, limit: int, start: str | None) -> Listing:
    return listing(site_id, "nobody", status="open", assigned="all", limit=limit, start=start, now=NOON)


def _starts(site_id: str) -> list[str | None]:
    """Where each page begins, as the page before it says."""
    keys = list(Chat.inbox_index.query(inbox_key(site_id, OPEN), scan_index_forward=False))
    ends = keys[_PAGE - 1 : -1 : _PAGE]
    return [
        None,
        *(spelled({"pk": {"S": end.pk}, "opened_at": {"N": str(end.opened_at)}}, "opened_at") for end in ends),
    ]
