"""As a chat grows: what visitors do in it, and what must touch all of it. Each length leaves ten messages in the open
end, so that the rest of a chat is all that differs."""

from collections.abc import Sequence

from bench.population import TEXT, chats, write
from bench.scale.gauge import Gauge
from bench.scale.series import Series
from bench.scale.world import EMAIL, NOON, at, site
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.chat.reading import read
from imchat.stores.accounts import Site
from imchat.stores.chats import PAGE_MESSAGES


def measured(gauge: Gauge, sizes: Sequence[int]) -> list[Series]:
    """Chats of so many messages."""
    here = site()
    at(NOON)
    for size in sizes:
        _life(gauge, here, size)
    return gauge.taken()


def _life(gauge: Gauge, here: Site, size: int) -> None:
    (chat,) = chats(here, 1, messages=size, opened=NOON, email=EMAIL, closed=False)
    write([chat])
    pk, site_id = chat.pk, here.site_id
    gauge.of("poll", size, lambda: read(pk, site_id, size - 1, NOON, notes=False))
    gauge.of("post", size, lambda: _page(pk, Author(site_id)), times=PAGE_MESSAGES)
    gauge.of("close", size, lambda: close(pk, site_id, "visitor", NOON))
    gauge.of("read whole", size, lambda: _whole(pk, site_id))
    gauge.of("delete", size, lambda: delete(pk, site_id, "visitor", NOON))


def _page(pk: str, author: Author) -> None:
    """As many posts as a page holds, one of which seals one."""
    for number in range(PAGE_MESSAGES):
        post(pk, author, TEXT, f"message-{number:08}", NOON)


def _whole(pk: str, site_id: str) -> None:
    cursor, more = 0, True
    while more:
        reading = read(pk, site_id, cursor, NOON, notes=False)
        cursor, more = reading.cursor, reading.more
