"""The copy that answers an access request: what is in it, and that it is in it for people and for programs."""

import csv
import io
import zipfile
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.bundle.contents import REASONS
from imchat.bundle.writing import Bundle, file_name
from imchat.mail.plain import rows
from imchat.register.controller import (
    COMPLAIN_TO_US,
    COMPLAINTS,
    CONTACT,
    CONTROLLER,
    processors,
    region,
    transfers,
)
from imchat.register.store import Exported, Fact, File, Reference, Said
from imchat.register.words import kept_in_words
from tests.unit.bundles import (
    AT,
    CANARIES,
    REFERENCE,
    chat,
    contents,
    everything,
    parsed,
    plain,
    public_key,
    said,
    section,
    sign,
    unpacked,
    write,
)


class Page(HTMLParser):
    """What a page says, where it leads, and what it would run or load."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.moments: list[str] = []
        self.loads: list[str] = []
        self._style = False
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._style = tag == "style"
        for name, value in attrs:
            if tag == "a" and name == "href":
                self.links.append(value or "")
            elif name in ("src", "href", "action", "srcset", "background"):
                self.loads.append(value or "")
            elif name == "datetime":
                self.moments.append(value or "")
            assert not name.startswith("on")

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return {name: Page(content) for name, content in files.items() if name.endswith(".html")}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


def facts_of(made: Any) -> list[tuple[Exported, Fact]]:
    return [(item, fact) for part in made.sections for item in part.items() for fact in item.facts]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return unpacked(write(everything()))


def test_N12_the_answer_has_the_four_parts(files: dict[str, bytes]) -> None:
    """What is held, why, who it could be disclosed to, and a copy: for each kind of record that holds anything."""
    answer = Page(files["response.html"]).text
    parts = [answer.index(part) for part in (
        "1. What we hold", "2. Why we hold it", "3. Who it could be disclosed to", "4. The copy", "What we searched",
    )]  # fmt: skip
    assert parts == sorted(parts)
    what, why, who, copy = (answer[begin:end] for begin, end in pairwise(parts))
    for part in everything().sections:
        activity = part.activity
        assert all(category in what for category in activity.categories)
        assert activity.source in what
        assert kept_in_words(activity) in what
        assert activity.purpose in why
        assert activity.lawful_basis in why
        assert all(recipient in who for recipient in activity.recipients)
        assert activity.title in copy


def test_N12_every_fact_stands_in_the_pages_the_tables_and_the_json(files: dict[str, bytes]) -> None:
    """The copy is whole, in each of its three forms."""
    made = everything()
    read = pages(files)
    shown = "\n".join(page.text for page in read.values())
    moments = {moment for page in read.values() for moment in page.moments}
    tables = [
        (row["item"], row["name"], row["value"].removeprefix("'"))
        for name in files
        if name.startswith("csv/") and name != "csv/columns.csv"
        for row in table(files, name)
    ]
    exported = {
        (item["reference"], fact["name"], fact["value"])
        for group in parsed(files, "export.json")["groups"]
        for item in group["items"]
        for fact in item["data"]
    }
    for item, fact in facts_of(made):
        key = (str(item.reference), fact.name, fact.value)
        assert key in exported
        assert key in tables
        assert fact.value in shown or fact.value in moments, fact.name


def test_N12_the_answer_says_the_rest_of_what_the_law_asks_for(files: dict[str, bytes]) -> None:
    """Rights, complaint, decisions by computer, transfers, what was searched and by what (UK GDPR Article 15)."""
    answer = Page(files["response.html"])
    for words in ("correct", "erase", "restrict", "object", CONTACT, "Information Commissioner", "by computer alone",
                  "Transfers to other countries", "ada@example.org", "nothing that we can give you", "130 records found"):  # fmt: skip
        assert words in answer.text, words
    assert COMPLAINTS in answer.links
    for activity in everything().searched:
        assert activity.title in answer.text


def test_the_right_to_complain_to_us_stands_in_the_copy(files: dict[str, bytes]) -> None:
    """DPA 2018, s 164A."""
    for name in ("README.txt", "response.html"):
        said = " ".join(unescape(files[name].decode()).split())
        assert COMPLAIN_TO_US in said, name


def test_N12_the_answer_names_who_answers_for_each_kind_of_data_and_who_works_for_us(files: dict[str, bytes]) -> None:
    answer = Page(files["response.html"]).text
    chats = "Corner Shop <Ltd>, 1 High Street, Anytown, privacy@shop.example (controller); we act for it (processor)"
    assert answer.count(chats) == len(
        {one.activity.name for one in everything().sections if one.activity.role != "controller"}
    )
    assert f"we, {CONTROLLER} (controller)" in answer
    for one in processors(region()):
        assert one.name in answer
        assert one.where in answer
    assert transfers(region()) in answer


def test_what_is_left_out_is_told_by_reason_and_number(files: dict[str, bytes]) -> None:
    answer = Page(files["response.html"]).text
    left_out = answer[answer.index("What is left out") : answer.index("Decisions by computer")]
    assert "2 records, 1 passage" in left_out
    assert "1 file" in left_out
    assert REASONS["other_person"] in left_out
    assert REASONS["others_rights"] in left_out
    assert REASONS["legal_privilege"] in left_out
    assert REASONS["crime"] not in left_out
    read = pages(files)
    (told,) = [page for name, page in read.items() if name.startswith("transcripts/") and "[left out]" in page.text]
    assert REASONS["other_person"] in told.text
    assert REASONS["legal_privilege"] in read["records/correspondence-0001.html"].text
    assert not [name for name in files if name.startswith("files/") and "/3" in name]


def test_the_json_is_as_its_schema_says(files: dict[str, bytes]) -> None:
    schema = parsed(files, "schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(parsed(files, "export.json"))
    validator.validate(parsed(unpacked(write(contents())), "export.json"))


def test_every_link_leads_to_a_file_and_every_file_is_linked_or_explained(files: dict[str, bytes]) -> None:
    reached = set()
    for name, page in pages(files).items():
        for link in page.links:
            path, _, _ = link.partition("#")
            if not path.startswith(("mailto:", "https://ico.org.uk/")):
                steps: list[str] = []
                for step in (PurePosixPath(name).parent / path).parts:
                    steps = steps[:-1] if step == ".." else [*steps, step]
                reached.add("/".join(steps))
    assert reached <= set(files)
    assert set(files) - reached == {"signing-key.pem"}


def test_no_page_runs_or_loads_anything(files: dict[str, bytes]) -> None:
    for page in pages(files).values():
        assert not page.tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
        assert page.loads == []
    assert not any(b"@import" in content or b"url(" in content for name, content in files.items() if ".html" in name)


def test_what_the_pages_say_in_words_the_json_says_with_an_offset(files: dict[str, bytes]) -> None:
    export = parsed(files, "export.json")
    assert export["as_of"] == "2026-03-03T14:07:12.000+00:00"
    assert export["groups"][0]["items"][0]["kept_until"].endswith("+00:00")
    assert "3 March 2026, 14:07 GMT" in Page(files["index.html"]).text
    summer = Exported(Reference("chats", "a"), "Chat", (said("visitor", "hello", 60 * 24 * 150),), None)
    page = unpacked(write(contents(section("chats", [summer]))))["transcripts/a.html"].decode()
    assert "15:07 BST" in page
    assert 'datetime="2026-05-02T15:07:12.000+01:00"' in page


def test_a_moment_that_somebody_wrote_stays_as_it_was_written(files: dict[str, bytes]) -> None:
    words = [page.text for page in pages(files).values() if "2026-01-01T10:00:00.000+00:00" in page.text]
    assert len(words) == 1


def test_names_in_the_zip_hold_nothing_of_anybody(files: dict[str, bytes]) -> None:
    for name in files:
        assert not any(canary in name.lower() for canary in CANARIES), name
        assert name.isascii()
    assert file_name(REFERENCE) == "data-k7qf-2m9r-xa4c.zip"


def test_the_same_contents_make_the_same_bytes() -> None:
    made = Bundle(everything(), sign, public_key())
    first = b"".join(made)
    before = (made.sha256, made.size)
    assert b"".join(made) == first == write(everything())
    assert (made.sha256, made.size) == before
    assert before == (sha256(first).hexdigest(), len(first))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 3, 3, 14, 7, 12)}
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_DEFLATED}


def test_the_manifest_counts_items() -> None:
    files = unpacked(write(everything()))
    counted = {file["name"]: file["items"] for file in parsed(files, "manifest.json")["files"]}
    assert set(counted) == set(files) - {"manifest.json", "manifest.sig"}
    assert counted["export.json"] == 136
    assert counted["csv/evidence.csv"] == 130
    assert (counted["records/evidence-0001.html"], counted["records/evidence-0002.html"]) == (100, 30)


def test_what_an_erasure_would_leave_is_told(files: dict[str, bytes]) -> None:
    kept = {one["name"]: one for one in parsed(files, "retained.json")["retained"]}
    assert {"evidence", "purchases", "requests"} <= set(kept)
    assert not {"chats", "correspondence", "statistics"} & set(kept)
    assert kept["evidence"]["why"] == "evidence of use"
    assert kept["evidence"]["kept"].startswith("12 months from")
    assert kept["evidence"]["items_in_this_copy"] == 130
    assert kept["evidence"]["last_kept_until"] == "2026-03-03T14:07:12.000+00:00"
    assert kept["purchases"]["items_in_this_copy"] == 0


def test_files_are_given_as_they_came_under_names_of_ours(files: dict[str, bytes]) -> None:
    assert files["files/correspondence/correspondence1/file-1.jpg"] == b"file 1"
    assert files["files/correspondence/correspondence1/file-2.bin"] == b"file 2"
    assert "Ada Lovelace's parcel.JPG" in Page(files["records/correspondence-0001.html"]).text


def test_a_copy_of_nothing_says_so() -> None:
    files = unpacked(write(contents()))
    assert "We hold nothing." in Page(files["index.html"]).text
    assert parsed(files, "export.json")["groups"] == []
    files = unpacked(write(contents(section("chats", [], other_person=3))))
    assert "There is nothing that we can give you a copy of." in Page(files["index.html"]).text
    assert "3 records" in Page(files["response.html"]).text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "../../etc/passwd",
        "</div><script>x</script>",
        "\"';--",
        "a\r\nb\nc",
        "مرحبا 😀",
        "{{ 7 * 7 }}",
    ]
)
kinds = st.sampled_from(["visitor", "operator", "note"])


@given(
    values=st.lists(texts, min_size=1, max_size=3),
    title=texts,
    by=kinds,
    name=st.none() | texts,
    file=st.none() | texts,
    talks=st.booleans(),
)
def test_whatever_people_write_stays_what_it_is(
    values: list[str], title: str, by: str, name: str | None, file: str | None, talks: bool
) -> None:
    facts = tuple(Fact(value, value, given=True, said=Said(by, name, AT) if talks else None) for value in values)
    item = Exported(Reference("chats", "aaaa"), title, facts, None, (File(1, file, "text/plain", 6),))
    files = unpacked(write(contents(section("chats", [item]))))
    exported = parsed(files, "export.json")["groups"][0]["items"][0]
    assert [fact["value"] for fact in exported["data"]] == values
    assert exported["files"][0]["name"] == file
    written = table(files, "csv/chats.csv")
    for row, value in zip(written, values, strict=False):
        assert row["value"].removeprefix("'") == value.removeprefix("'")
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    page = Page(files["transcripts/aaaa.html" if talks else "records/chats-0001.html"])
    assert "script" not in page.tags
    for value in values:
        assert "\n".join(rows(value)) in page.text
    (given_file,) = [name for name in files if name.startswith("files/")]
    assert given_file.startswith("files/chats/aaaa/file-1.")
    assert all(
        part not in (".", "..") and part.replace(".", "").replace("-", "").isalnum() for part in given_file.split("/")
    )


@given(pk=texts, sk=st.none() | texts)
def test_a_reference_never_leads_out_of_its_folder(pk: str, sk: str | None) -> None:
    item = Exported(
        Reference("chats", pk, sk), "Chat", (said("visitor", "hello", 0),), None, (File(1, None, "a/b", 1),)
    )
    for name in unpacked(write(contents(section("chats", [item])))):
        assert name.replace("/", "").replace(".", "").replace("-", "").isalnum()
        assert name.isascii()
        assert ".." not in name
        assert not name.startswith("/")


def test_many_transcripts_are_listed_on_pages_and_few_on_the_first() -> None:
    few = unpacked(write(contents(section("chats", [chat(n, said("visitor", "hi", 0)) for n in range(25)]))))
    assert not [name for name in few if "index-" in name]
    assert sum("transcripts/" in link for link in Page(few["index.html"]).links) == 25
    much = unpacked(write(contents(section("chats", [chat(n, said("visitor", "hi", 0)) for n in range(1001)]))))
    assert [name for name in much if "index-" in name] == [f"transcripts/index-000{n}.html" for n in (1, 2, 3)]
    assert len(Page(much["index.html"]).links) < 30
    first, second, third = (Page(much[f"transcripts/index-000{n}.html"]).links for n in (1, 2, 3))
    assert "../transcripts/index-0002.html" in first
    assert "../transcripts/index-0001.html" in second
    assert "../transcripts/index-0003.html" in second
    assert "../transcripts/index-0004.html" not in third
    listed = [link for page in (first, second, third) for link in page if "index" not in link]
    assert len(listed) == 1001
    last = chat(1000).reference.pk
    assert "../transcripts/index-0003.html" in Page(much[f"transcripts/{last}.html"]).links


def test_a_failing_file_fails_the_copy() -> None:
    def gone(reference: Reference, number: int) -> Any:
        raise RuntimeError("gone")

    item = plain("correspondence", 1, Fact("How", "email", given=True), files=(File(1, None, "a/b", 1),))
    with pytest.raises(RuntimeError, match="gone"):
        write(contents(section("correspondence", [item]), read_file=gone))


def test_moments_at_the_ends_of_time_break_nothing() -> None:
    item = plain(
        "evidence", 1, Fact("When", "0001-01-01T00:00:00+14:00", given=False),
        Fact("When", "9999-12-31T23:59:59.999+00:00", given=False), Fact("When", "2026-99-01T00:00:00+00:00", given=False),
    )  # fmt: skip
    page = Page(unpacked(write(contents(section("evidence", [item]))))["records/evidence-0001.html"]).text
    assert "0001-01-01T00:00:00+14:00" in page
    assert "31 December 9999" in page
    assert "2026-99-01T00:00:00+00:00" in page
