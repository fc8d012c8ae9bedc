"""The largest copies: what they cost from search to ZIP, each answered in a process of its own, whose memory is that at
its peak; and what each level of deflate would take and save."""

import io
import json
import resource
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from bench.stack import local_stack
from imchat.bundle.archive import LEVEL

CHATS, MESSAGES = 50_000, 20
MEMORY_BUDGET = 256
_RUNS = 5


def answered(chats: int) -> dict[str, Any]:
    """What it took to answer somebody with so many chats; measured in another process."""
    done = subprocess.run([sys.executable, "-m", "bench.bundle", str(chats)], check=True, stdout=subprocess.PIPE)
    took: dict[str, Any] = json.loads(done.stdout)
    return took


def _answer(chats: int) -> dict[str, Any]:
    from bench.answering import Person

    request, spent = Person(chats, MESSAGES).answered()
    return {
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "size": int(request.copy.size),
        "seconds": spent.seconds,
        "cpu": spent.cpu,
        "calls": spent.calls,
    }


def deflated(copy: bytes) -> Iterator[tuple[int, float, int]]:
    """(level, seconds of CPU, bytes) of packing the files of a copy at each level of deflate."""
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    for level in range(1, 10):
        times, size = [], 0
        for _ in range(_RUNS):
            begun, size = time.process_time(), 0
            for content in files:
                deflate = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
                size += len(deflate.compress(content)) + len(deflate.flush())
            times.append(time.process_time() - begun)
        yield level, min(times), size


def figures() -> Iterator[Figure]:
    """Memory, calls, bytes, and how time grows; the levels of deflate."""
    with local_stack():
        first = None
        for chats in (CHATS // 10, CHATS):
            what, took = f"a copy of {chats:,} chats, {chats * MESSAGES:,} messages", answered(chats)
            first = first or took
            yield Figure(f"{what}: memory", took["memory"], "MB", MEMORY_BUDGET)
            s3 = f"S3 calls: {took['calls']['s3']:,}"
            yield Figure(f"{what}: DynamoDB calls", took["calls"]["dynamodb"], "calls", None, s3)
            yield Figure(f"{what}: ZIP", took["size"] / 1e6, "MB")
            grown = f"{took['cpu']:.1f} s, {took['seconds']:.0f} s with waiting; the smaller is 1"
            yield Figure(f"{what}: CPU", took["cpu"] / first["cpu"], "x", None, grown)
        yield from _levels()


def _levels() -> Iterator[Figure]:
    from bench.answering import Person, copy_of
    from bench.endings import PERSON_CHATS, PERSON_MESSAGES

    request, _ = Person(PERSON_CHATS, PERSON_MESSAGES).answered()
    levels = list(deflated(copy_of(request)))
    ((usual, least),) = ((seconds, size) for level, seconds, size in levels if level == LEVEL)
    for level, seconds, size in levels:
        aside = f"{size / 1e6:.2f} MB, {size / least - 1:+.1%}; level {LEVEL} is 1"
        what = f"deflate level {level}, the files of {PERSON_CHATS} chats: CPU"
        yield Figure(what, seconds / usual, "x", None, aside)


if __name__ == "__main__":
    print(json.dumps(_answer(int(sys.argv[1]))))
