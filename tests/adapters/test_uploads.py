"""Objects that are written as they come into being."""

import secrets
import tracemalloc
from collections.abc import Iterator

import pytest

from imchat import aws, uploads
from imchat.settings import settings

pytestmark = pytest.mark.usefixtures("tables")
_CHUNK = 64 * 1024


def _chunks(size: int) -> Iterator[bytes]:
    for number in range(size // _CHUNK):
        yield bytes([number % 251]) * _CHUNK
    yield b"z" * (size % _CHUNK)


@pytest.mark.parametrize("pieces", [0, 0.5, 1, 1.5, 3])
def test_what_is_written_is_what_came(pieces: float) -> None:
    size, key = int(pieces * uploads._PIECE), secrets.token_hex(8)
    uploads.put(settings().parts_bucket, key, _chunks(size))
    found = aws.client("s3").get_object(Bucket=settings().parts_bucket, Key=key)["Body"].read()
    assert found == b"".join(_chunks(size))


def test_no_more_than_one_piece_is_in_memory() -> None:
    uploads.put(settings().parts_bucket, secrets.token_hex(8), _chunks(_CHUNK))  # the client is there
    tracemalloc.start()
    try:
        uploads.put(settings().parts_bucket, secrets.token_hex(8), _chunks(3 * uploads._PIECE))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1.5 * uploads._PIECE, f"{most:,}"
