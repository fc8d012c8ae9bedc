"""Write a bundle: part after part, in one stream. Each section's items are gone through three times: for the pages, for
export.json, and for its table; never more than one page's are in memory."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from tempfile import SpooledTemporaryFile

from imchat.bundle import naming, structured, tables
from imchat.bundle.archive import Archive
from imchat.bundle.contents import Contents, Section
from imchat.bundle.naming import file_name
from imchat.bundle.provided import answerable
from imchat.bundle.signing import KEY, MANIFEST, SIGNATURE, pem
from imchat.bundle.tally import Tally, websites
from imchat.register.store import Exported

__all__ = ["Bundle", "file_name"]

# So many are listed on the first page itself.
FEW_TRANSCRIPTS = 25
TRANSCRIPTS_ON_A_PAGE = 500
RECORDS_ON_A_PAGE = 100
_IN_MEMORY = 1024 * 1024

Pieces = Generator[bytes, None, None]


class Bundle:
    """The ZIP that answers a request, as an iterable of bytes: the same for the same ``contents``. ``sign`` makes an
    RSASSA-PKCS1-v1_5 signature of a SHA-256 digest, that of the manifest; ``public_key`` (DER, SubjectPublicKeyInfo)
    checks it. Once it has been gone through, ``sha256`` (hex) and ``size`` are those of the whole."""

    def __init__(self, contents: Contents, sign: Callable[[bytes], bytes], public_key: bytes) -> None:
        self.sha256 = ""
        self.size = 0
        self._contents = answerable(contents)
        self._sign = sign
        self._public_key = public_key

    def __iter__(self) -> Iterator[bytes]:
        digest, size = sha256(), 0
        with _Writing(self._contents, self._sign, self._public_key) as writing:
            for piece in writing.all():
                digest.update(piece)
                size += len(piece)
                yield piece
        self.sha256, self.size = digest.hexdigest(), size


class _Writing:
    """One way through it."""

    def __init__(self, contents: Contents, sign: Callable[[bytes], bytes], public_key: bytes) -> None:
        self._contents = contents
        self._sign = sign
        self._public_key = public_key
        self._tallies = [
            Tally(section.activity, items_left_out=Counter(section.not_given)) for section in contents.sections
        ]
        self._open = ExitStack()

    def __enter__(self) -> "_Writing":
        self._archive = self._open.enter_context(Archive(self._contents.as_of))
        self._listed = self._open.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def all(self) -> Pieces:
        from imchat.bundle import pages  # Jinja is not cheap to load

        contents, tallies = self._contents, self._tallies
        yield from self._file("README.txt", pages.readme(contents, self._public_key))
        for section, tally in zip(contents.sections, tallies, strict=True):
            yield from self._pages(section, tally)
        items = sum(tally.items for tally in tallies)
        told = [
            section
            for section, tally in zip(contents.sections, tallies, strict=True)
            if tally.items or tally.items_left_out
        ]
        yield from self._file("export.json", structured.export(contents, told, websites(tallies)), items)
        yield from self._file("schema.json", structured.schema())
        for section, tally in zip(contents.sections, tallies, strict=True):
            if tally.items:
                yield from self._file(
                    naming.table(tally.activity.name), tables.table(section, contents.reasons), tally.items
                )
        yield from self._file(naming.table("columns"), tables.columns())
        yield from self._file("retained.json", structured.retained(contents, tallies))
        yield from self._file("response.html", pages.response(contents, tallies))
        yield from self._file("index.html", pages.index(contents, tallies))
        yield from self._file(KEY, pem(self._public_key))
        yield from self._manifest()
        yield from self._archive.end()

    def _file(self, name: str, content: bytes | Iterable[bytes], items: int = 0) -> Pieces:
        """One file, and its line for the manifest."""
        written = yield from self._archive.entry(name, content)
        self._listed.write(structured.manifest_line(name, written, items))

    def _manifest(self) -> Pieces:
        digest = sha256()

        def pieces() -> Iterator[bytes]:
            self._listed.seek(0)
            for piece in structured.manifest(self._contents, self._listed):
                digest.update(piece)
                yield piece

        # The list says how each other file is packed; these two have one form only.
        yield from self._archive.entry(MANIFEST, pieces(), smaller=False)
        yield from self._archive.entry(SIGNATURE, self._sign(digest.digest()), smaller=False)

    def _pages(self, section: Section, tally: Tally) -> Pieces:
        """A section's transcripts and their list, its other items, and all of their files."""
        few = section.at_most <= FEW_TRANSCRIPTS
        rows: list[tuple[str, str]] = []
        others: list[Exported] = []
        for item in section.items():
            tally.count(item)
            if any(fact.said for fact in item.facts):
                if len(rows) == TRANSCRIPTS_ON_A_PAGE:
                    yield from self._list(tally, rows, last=False)
                    rows = []
                up = "../index.html" if few else f"../{naming.transcripts(tally.activity.name, tally.lists + 1)}"
                yield from self._transcript(item, up)
                tally.transcripts += 1
                rows.append((item.title, f"{naming.transcript(item.reference)}.html"))
            else:
                if len(others) == RECORDS_ON_A_PAGE:
                    yield from self._records(tally, others, last=False)
                    others = []
                others.append(item)
            yield from self._attachments(item)
        if few:
            tally.rows = rows
        elif rows:
            yield from self._list(tally, rows, last=True)
        if others:
            yield from self._records(tally, others, last=True)

    def _transcript(self, item: Exported, up: str) -> Pieces:
        from imchat.bundle import pages

        name = naming.transcript(item.reference)
        yield from self._file(f"{name}.html", pages.transcript(self._contents, item, up), 1)
        yield from self._file(f"{name}.json", structured.transcript(self._contents, item), 1)

    def _list(self, tally: Tally, rows: list[tuple[str, str]], *, last: bool) -> Pieces:
        from imchat.bundle import pages

        tally.lists += 1
        page = pages.transcripts(self._contents, tally, rows, last=last)
        yield from self._file(naming.transcripts(tally.activity.name, tally.lists), page, len(rows))

    def _records(self, tally: Tally, items: list[Exported], *, last: bool) -> Pieces:
        from imchat.bundle import pages

        tally.pages += 1
        page = pages.records(self._contents, tally, items, last=last)
        yield from self._file(naming.records(tally.activity.name, tally.pages), page, len(items))

    def _attachments(self, item: Exported) -> Pieces:
        for file in item.files:
            if not file.left_out:
                content = self._contents.read_file(item.reference, file.number)
                yield from self._file(naming.attachment(item.reference, file), content, 1)
