"""docs/notice-check.md: every item that the law wants said has a sentence, and it stands where the table says."""

from collections.abc import Iterator

import pytest

from imchat.bundle.pages import response
from imchat.bundle.tally import Tally
from imchat.register.controller import particulars
from imchat.register.stores import activities
from imchat.register.words import widget_text
from tests import notice_check
from tests.unit.bundles import contents


@pytest.fixture(autouse=True)
def london(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    for variable in ("POSTAL_ADDRESS", "COMPANY_NUMBER", "DATA_PROTECTION_OFFICER", "REPRESENTATIVE"):
        monkeypatch.delenv(variable, raising=False)
    particulars.cache_clear()
    yield
    particulars.cache_clear()


def test_N23_every_item_of_the_law_has_a_sentence() -> None:
    rows = [
        *notice_check.of_notice(), *notice_check.of_widget(), *notice_check.of_copy(), *notice_check.of_letters(),
    ]  # fmt: skip
    assert {row.law for row in rows} == set(notice_check.REQUIRED)
    assert all(part.strip() for row in rows for part in row)
    assert not [one.name for one in activities() if "consent" in one.lawful_basis.lower()], "then 13(2)(c) needs a row"
    interests = {row.item for row in rows if row.law == "13(1)(d)"}
    assert interests == {f"{one.title}: the interest" for one in activities() if "6(1)(f)" in one.lawful_basis}


def test_N23_each_sentence_stands_in_the_notice() -> None:
    said = notice_check.notice_text()
    for row in notice_check.of_notice():
        assert " ".join(row.sentence.split()) in said, row


def test_N2_each_sentence_stands_in_the_widget() -> None:
    text = widget_text("en", controller=notice_check.SHOP.controller)
    assert " ".join(row.sentence for row in notice_check.of_widget()) == text


def test_N12_each_sentence_stands_in_the_copy() -> None:
    tallies = [Tally(activity, items=1) for activity in activities()]
    said = notice_check.texts_of_html(response(contents(), tallies).decode())
    for row in notice_check.of_copy():
        assert " ".join(row.sentence.split()) in said, row


@pytest.mark.parametrize("what", notice_check.TO_PEOPLE)
def test_N13_each_letter_says_who_writes_and_how_to_complain(what: str) -> None:
    said = notice_check.letter(what)
    rows = [row for row in notice_check.of_letters() if row.item.startswith(f"{what}: ")]
    assert len(rows) == 2
    assert all(row.sentence in said for row in rows)


def test_the_sources_are_files_that_are_there() -> None:
    rows = [*notice_check.of_notice(), *notice_check.of_widget(), *notice_check.of_copy(), *notice_check.of_letters()]
    for source in {row.source.partition(",")[0] for row in rows if row.source.startswith("layers/")}:
        assert (notice_check.ROOT / source).exists(), source


def test_the_document_is_as_new() -> None:
    assert notice_check.WRITTEN.read_text() == notice_check.markdown(), "make notice-check"
