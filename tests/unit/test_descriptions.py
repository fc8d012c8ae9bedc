"""A chat as somebody remembers it: words that are theirs, within hours (N7)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.descriptions import LONGEST, Description, words_of
from imchat.errors import InvalidInput

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def described(said: str, hours: float = 2) -> Description:
    return Description.of("shop", NOON, NOON + timedelta(hours=hours), said)


@pytest.mark.parametrize(
    ("said", "wrote", "fits"),
    [
        ("The teapot arrived cracked", ["Hello", "My TEAPOT arrived; cracked! The handle too"], True),
        ("The teapot arrived cracked", ["Hello", "my teapot arrived", "the lid is cracked"], True),
        ("The teapot arrived cracked", ["the teapot arrived whole"], False),
        ("teapot arrived cracked", ["teapots arrived uncracked"], False),
        ("ｔｅａｐｏｔ arrived cracked", ["teapot arrived cracked"], True),
        ("Straße gesperrt, bitte umleiten", ["die STRASSE ist gesperrt, bitte umleiten"], True),
        ("茶壺在路上碎了", ["你好,我的茶壺在路上碎了,怎麼辦"], True),
        ("茶壺在路上碎了", ["我的茶壺到了"], False),
        ("teapot arrived cracked", [], False),
    ],
)
def test_N7_a_chat_fits_where_its_visitor_wrote_all_of_the_words(said: str, wrote: list[str], fits: bool) -> None:
    assert described(said).fits(wrote) is fits


@pytest.mark.parametrize(
    "said", ["hello", "hi hi hi hi hi hi hi", "a b c d", "... !!! ???", "teapot teapot teapot", "你好"]
)
def test_N7_words_that_anybody_may_have_written_find_nothing(said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        described(said)
    assert (refused.value.kind, refused.value.field) == ("too_few_words", "words")


@pytest.mark.parametrize("said", ["", " "])
def test_N7_a_time_alone_finds_nothing(said: str) -> None:
    with pytest.raises(InvalidInput):
        described(said)


@pytest.mark.parametrize("hours", [0, -1, 6.01, 24, 24 * 365])
def test_the_time_is_some_hours(hours: float) -> None:
    with pytest.raises(InvalidInput) as refused:
        described("teapot arrived cracked", hours)
    assert refused.value.field == "until"


def test_an_afternoon_is_a_time() -> None:
    assert described("teapot arrived cracked", LONGEST.total_seconds() / 3600).until - NOON == LONGEST


@given(st.text(max_size=200))
def test_words_are_the_same_however_often_they_are_folded(said: str) -> None:
    assert words_of(" ".join(words_of(said))) == words_of(said)
