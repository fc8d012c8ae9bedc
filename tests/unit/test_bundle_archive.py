"""The ZIP itself: as the stdlib and unzip read it, however much is in it, in constant memory."""

import io
import shutil
import struct
import subprocess
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imchat.bundle import archive
from imchat.bundle.archive import Archive
from imchat.bundle.writing import Bundle
from tests.unit.bundles import everything, many, public_key, sign, unpacked, write

AT = datetime(2026, 3, 3, 14, 7, 13, tzinfo=UTC)


def zipped(contents: dict[str, bytes | list[bytes]], at: datetime = AT) -> zipfile.ZipFile:
    def pieces() -> Iterator[bytes]:
        with Archive(at) as made:
            for name, content in contents.items():
                written = yield from made.entry(name, content)
                assert written.size == len(b"".join(content) if isinstance(content, list) else content)
            yield from made.end()

    return zipfile.ZipFile(io.BytesIO(b"".join(pieces())))


def test_entries_whole_and_in_pieces_read_back() -> None:
    contents: dict[str, bytes | list[bytes]] = {"a": b"", "b/c.txt": b"hello", "d": [b"one", b"", b"two"], "e": []}
    read = zipped(contents)
    assert read.testzip() is None
    assert {name: read.read(name) for name in read.namelist()} == {
        "a": b"",
        "b/c.txt": b"hello",
        "d": b"onetwo",
        "e": b"",
    }
    assert read.getinfo("a").external_attr >> 16 == 0o100644
    assert read.getinfo("a").date_time == (2026, 3, 3, 14, 7, 12)


def test_nothing_at_all_is_a_zip_too() -> None:
    assert zipped({}).namelist() == []


@pytest.mark.parametrize("number", [65_534, 65_535, 65_536])
def test_more_entries_than_a_short_directory_can_count(number: int) -> None:
    assert len(zipped({str(one): b"" for one in range(number)}).namelist()) == number


def test_sizes_and_places_that_need_the_long_form_are_told_in_it() -> None:
    """In the directory as it would stand behind four gigabytes."""
    with Archive(AT) as made:
        made._note(archive.Entry(b"big", 1, archive._MOST + 5, archive._MOST + 6, archive._MOST + 7))
        made._place = archive._MOST + 100
        data = b"".join(made.end())
    begins = data.index(b"PK\x01\x02")
    entry = zipfile.ZipInfo("big")
    central = data[begins : data.index(b"PK\x06\x06")]
    entry.extra = central[46 + 3 :]
    entry.file_size = entry.compress_size = entry.header_offset = 0xFFFFFFFF
    entry._decodeExtra(0) if entry._decodeExtra.__code__.co_argcount == 2 else entry._decodeExtra()
    assert (entry.file_size, entry.compress_size, entry.header_offset) == (
        archive._MOST + 6, archive._MOST + 5, archive._MOST + 7,
    )  # fmt: skip
    assert b"PK\x06\x07" in data


@pytest.mark.parametrize("year", [1, 1979, 2108, 9998])
def test_a_year_that_a_zip_cannot_say_is_the_nearest(year: int) -> None:
    read = zipped({"a": b""}, datetime(year, 6, 1, tzinfo=UTC))
    assert read.getinfo("a").date_time[0] == min(max(year, 1980), 2107)


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_chats() -> None:
    def go_through(chats: int) -> Callable[[], object]:
        return lambda: sum(len(piece) for piece in Bundle(many(chats, messages=1), sign, public_key()))

    go_through(30)()  # templates are loaded once
    few, much = peak(go_through(1_000)), peak(go_through(6_000))
    # A temporary file takes over at a megabyte, of which there are two.
    assert much < few + 4_000_000
    assert much < 10_000_000


def streamed(data: bytes) -> dict[str, bytes]:
    """As a reader that never looks back, nor at the directory: what follows an entry is where its content ends."""
    files, place = {}, 0
    while data[place : place + 4] == b"PK\x03\x04":
        flags, method = struct.unpack_from("<2H", data, place + 6)
        told, named, extra = data[place + 14 : place + 26], *struct.unpack_from("<2H", data, place + 26)
        assert (flags, method, told, extra) == (8, 8, bytes(12), 0)
        name, content = data[place + 30 : place + 30 + named].decode(), zlib.decompressobj(-15)
        files[name] = content.decompress(data[place + 30 + named :])
        assert content.eof
        place = len(data) - len(content.unused_data)
        crc, _, size = struct.unpack_from("<3L", data, place + 4)
        assert data[place : place + 4] == b"PK\x07\x08"
        assert (crc, size) == (zlib.crc32(files[name]), len(files[name]))
        place += 16
    assert data[place : place + 4] == b"PK\x01\x02"
    return files


def test_a_reader_of_streams_reads_it() -> None:
    data = write(everything())
    assert streamed(data) == unpacked(data)


JAVA = """
import java.io.*; import java.util.zip.*;
public class Read { public static void main(String[] given) throws Exception {
  try (ZipInputStream in = new ZipInputStream(new FileInputStream(given[0]))) {
    for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
      CRC32 crc = new CRC32(); crc.update(in.readAllBytes());
      System.out.println(entry.getName() + " " + crc.getValue());
    } } } }
"""


@pytest.mark.skipif(not shutil.which("javac"), reason="there is no Java compiler here")
def test_java_reads_it_as_a_stream(tmp_path: Path) -> None:
    data = write(everything())
    (tmp_path / "copy.zip").write_bytes(data)
    (tmp_path / "Read.java").write_text(JAVA)
    java = ["java", "-Xmx64m", "-XX:+UseSerialGC", str(tmp_path / "Read.java"), str(tmp_path / "copy.zip")]
    done = subprocess.run(java, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"{name} {zlib.crc32(one)}" for name, one in unpacked(data).items()]
