"""Many at once: nobody misses, repeats or reorders a message, across page seals."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from imchat.chat.posting import Author, Posted, post
from imchat.chat.reading import read
from imchat.stores.chats import PAGE_MESSAGES
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")
WRITERS, READERS, EACH = 20, 5, 12


def test_twenty_writers_with_repeats_and_five_readers_agree_on_one_order() -> None:
    site = world()
    chat_id = site.open().pk
    finished = Event()
    # A repeat is known as one while no more than a page was said since: nobody runs ahead of the others by a message.
    round_over = Barrier(WRITERS)

    def write(writer: int) -> list[Posted]:
        chance = random.Random(writer)
        author = (
            Author(site.site_id)
            if writer % 2
            else Author(site.site_id, "operator", f"operator-{writer}", f"Operator {writer}")
        )
        done = []
        for number in range(EACH):
            for _ in range(chance.choice([1, 1, 2, 3])):  # an answer that was lost is asked for again
                done.append(post(chat_id, author, f"{writer}:{number}", f"w{writer}-{number}", NOON))
            round_over.wait()
        return done

    def follow(_: int) -> list[tuple[int, str]]:
        """What one reader saw, polling from its cursor until all is said."""
        seen: list[tuple[int, str]] = []
        cursor = 0
        while True:
            last = finished.is_set()
            found = read(chat_id, site.site_id, cursor, NOON, notes=False)
            seen += [(position, message.text) for position, message in found.messages]
            cursor = found.cursor
            if last and not found.more:
                return seen

    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        readers = [pool.submit(follow, number) for number in range(READERS)]
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        posted = [answer for writer in writers for answer in writer.result()]
        finished.set()
        stories = [reader.result() for reader in readers]

    whole = stories[0]
    assert len(whole) == WRITERS * EACH > 3 * PAGE_MESSAGES
    assert [cursor for cursor, _ in whole] == list(range(1, WRITERS * EACH + 1))
    assert all(story == whole for story in stories)
    places = {text: cursor for cursor, text in whole}
    assert len(places) == WRITERS * EACH
    assert all(places[answer.message.text] == answer.cursor for answer in posted)
    assert sum(answer.created for answer in posted) == WRITERS * EACH
    for writer in range(WRITERS):
        own = [places[f"{writer}:{number}"] for number in range(EACH)]
        assert own == sorted(own)
