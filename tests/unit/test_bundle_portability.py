"""The copy that answers a portability request (UK GDPR Article 20): what the person provided, and nothing else."""

import csv
import io

import jsonschema
import pytest

from imchat.bundle.tables import COLUMNS
from tests.unit.bundles import everything, parsed, unpacked, write


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return unpacked(write(everything("portability")))


def test_N12_only_what_the_person_provided_is_given(files: dict[str, bytes]) -> None:
    """Every fact that was provided is in the copy to take elsewhere, and no other."""
    export = parsed(files, "export.json")
    found = [
        (fact["name"], fact["value"]) for group in export["groups"] for item in group["items"] for fact in item["data"]
    ]
    provided = [
        (fact.name, fact.value)
        for section in everything().sections
        for item in section.items()
        for fact in item.facts
        if fact.given
    ]
    assert found == provided
    assert {group["name"] for group in export["groups"]} == {"chats", "correspondence"}


def test_nothing_that_others_wrote_is_anywhere_in_it(files: dict[str, bytes]) -> None:
    for content in files.values():
        text = content.decode(errors="replace")
        for others in ("share the flat", "left our warehouse", "192.0.2.17", "seen by staff", "نور"):
            assert others not in text


def test_it_comes_with_a_schema_and_the_meaning_of_the_columns(files: dict[str, bytes]) -> None:
    jsonschema.Draft202012Validator(parsed(files, "schema.json")).validate(parsed(files, "export.json"))
    meanings = dict(csv.reader(io.StringIO(files["csv/columns.csv"].decode("utf-8-sig"))))
    for name, content in files.items():
        if name.startswith("csv/") and name != "csv/columns.csv":
            (heads, *lines) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
            assert heads == list(COLUMNS)
            assert set(heads) <= set(meanings)
            assert lines


def test_the_files_that_the_person_sent_go_with_it(files: dict[str, bytes]) -> None:
    assert files["files/correspondence/correspondence1/file-1.jpg"] == b"file 1"


def test_it_says_what_kind_of_copy_it_is(files: dict[str, bytes]) -> None:
    assert parsed(files, "export.json")["kind"] == parsed(files, "manifest.json")["kind"] == "portability"
    assert b"Article 20" in files["response.html"]
    assert b"Article 20" in files["README.txt"]
