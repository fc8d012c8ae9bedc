"""As the table fills: what visitors do, with more and more chats beside theirs, all of one site."""

from collections.abc import Sequence
from datetime import datetime

from bench.population import TEXT, chats, write
from bench.scale.gauge import Gauge
from bench.scale.series import Series
from bench.scale.world import EMAIL, NOON, at, site
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.chat.opening import Opening, open_chat
from imchat.chat.posting import Author, post
from imchat.chat.reading import read

_POSTS, _MESSAGES = 10, 2


def measured(gauge: Gauge, sizes: Sequence[int], *, opened: datetime) -> list[Series]:
    """A whole chat at each size; the chats beside it were ``opened`` then, and stay."""
    here, there = site(), 0
    at(NOON)
    # The first chat of a day makes the day's counters, which costs a unit more.
    first = open_chat(Opening(site_id=here.site_id, name="Ada Lovelace", email=EMAIL, text=TEXT), NOON)
    close(first.pk, here.site_id, "visitor", NOON)
    for size in sizes:
        write(chats(here, size - there, messages=_MESSAGES, opened=opened))
        there = size
        _life(gauge, here.site_id, size)
    return gauge.taken()


def _life(gauge: Gauge, site_id: str, size: int) -> None:
    opening = Opening(site_id=site_id, name="Ada Lovelace", email=EMAIL, text=TEXT)
    pk = gauge.of("open", size, lambda: open_chat(opening, NOON)).pk
    gauge.of("post", size, lambda: _posts(pk, Author(site_id)), times=_POSTS)
    gauge.of("poll", size, lambda: read(pk, site_id, _POSTS, NOON, notes=False))
    gauge.of("close", size, lambda: close(pk, site_id, "visitor", NOON))
    gauge.of("delete", size, lambda: delete(pk, site_id, "visitor", NOON))


def _posts(pk: str, author: Author) -> None:
    for number in range(_POSTS):
        post(pk, author, TEXT, f"message-{number}", NOON)
