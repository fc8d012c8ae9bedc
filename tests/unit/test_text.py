"""What text may come in, and that it stays as it was."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imchat import text as texts
from imchat.values import InvalidValue

CARD = "4111 1111 1111 1111"
CANARY = "canary-7f3a"
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"]


def refused(rule: Callable[[str], object], value: str) -> str:
    with pytest.raises(InvalidValue) as refusal:
        rule(value)
    assert CANARY not in refusal.value.reason
    assert CANARY not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    return refusal.value.reason


@pytest.mark.parametrize(
    "said",
    [
        "x",
        " padded \n",
        "line\r\nline\rline\n\tend",
        "👩🏽‍🚀 🏴󠁧󠁢󠁳󠁣󠁴󠁿 𝔘",
        "e\u0301 \u00e9 q\u0323\u0307",
        "\u200fשלום\u200e \u202bעברית\u202c \u2067x\u2069",
        "a\u2028b\u2029c",
        "\ufffe\uffff\ufffd",
        "<script>alert(1)</script> {{7*7}} ${x}",
        "=cmd|' /C calc'!A0",
        "a" * 4000,
        "😀" * 4000,
    ],
)
def test_a_message_stays_exactly_as_sent(said: str) -> None:
    assert texts.message(said) == said


@pytest.mark.parametrize(
    "said", ["", " ", "\n\r\t", "\u200b\u2060\ufeff", "\u3000\u00a0", "\u200e\u202a", "\x00", "\u00ad"]
)
def test_a_blank_message_is_none(said: str) -> None:
    assert refused(texts.message, said) == "The text is empty."


@pytest.mark.parametrize("control", CONTROLS)
def test_control_characters_are_refused(control: str) -> None:
    for rule in (texts.message, texts.comment, texts.name):
        assert "control characters" in refused(rule, f"{CANARY}{control}x")


@pytest.mark.parametrize(
    "rule", [texts.message, texts.comment, texts.name, texts.page_url, texts.locale, texts.timezone]
)
@pytest.mark.parametrize("half", ["\ud800", "\ude00\ud83d"])
def test_half_a_character_is_refused(rule: Callable[[str], object], half: str) -> None:
    refused(rule, f"{CANARY}{half}")


def test_length_is_counted_in_characters() -> None:
    assert "4000" in refused(texts.message, "😀" * 4001)
    assert texts.comment("x" * 2000) == "x" * 2000
    assert "2000" in refused(texts.comment, "x" * 2001)
    assert texts.name(" " * 300 + "x" * 200 + " ") == "x" * 200
    assert "200" in refused(texts.name, "x" * 201)


def test_N22_cards_are_masked_wherever_text_comes_in() -> None:
    masked = "•••• •••• •••• ••••"
    assert texts.message(f"use {CARD}!") == f"use {masked}!"
    assert texts.comment(CARD) == masked
    assert texts.name(CARD) == masked
    assert texts.page_url("https://shop.example/pay/4111111111111111") == f"https://shop.example/pay/{'•' * 16}"


@given(st.text(max_size=300))
def test_a_message_is_kept_or_refused_and_never_changed_otherwise(said: str) -> None:
    try:
        kept = texts.message(said)
    except InvalidValue:
        assert texts.blank(said) or any(unicodedata.category(c) in ("Cc", "Cs") for c in said)
    else:
        assert kept == texts.message(kept)
        assert all(a == b or a.isdecimal() for a, b in zip(said, kept, strict=True))


@pytest.mark.parametrize("said", ["", "  ", "\u200b", "\n"])
def test_a_blank_comment_is_none(said: str) -> None:
    assert texts.comment(said) is None


def test_a_comment_may_have_lines() -> None:
    assert texts.comment("good\r\nbad") == "good\r\nbad"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("  Zoë O’Neil-Müller ", "Zoë O’Neil-Müller"),
        ("\u200fמיכל", "\u200fמיכל"),
        ("", None),
        (" \u00a0 ", None),
        ("\u200b\u200d", None),
        ("-", "-"),
        ("Smith, Jane", "Smith, Jane"),
    ],
)
def test_N4_name(given_name: str, kept: str | None) -> None:
    assert texts.name(given_name) == kept


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\u2028", "\u2029", "\x85"])
def test_a_name_has_one_line(character: str) -> None:
    refused(texts.name, f"{CANARY}{character}Bcc: x")


@pytest.mark.parametrize("given_id", ["a", "A-Z_a.z:0-9", "x" * 64, "0198c5a2-7b1c-7000-8000-3d6b2f1e0a9c"])
def test_client_id(given_id: str) -> None:
    assert texts.client_id(given_id) == given_id


@pytest.mark.parametrize("given_id", ["", " ", "x" * 65, "a b", "a\n", "é", "a/b", "١", "a#b"])
def test_not_a_client_id(given_id: str) -> None:
    refused(texts.client_id, given_id)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://shop.example/a/b?email=jane@x.test&token=1#frag", "https://shop.example/a/b"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        (" https://shop.example ", "https://shop.example"),
        ("HTTPS://Shop.Example/Ä", "https://Shop.Example/Ä"),
        ("https://shop.example/a;b=c", "https://shop.example/a;b=c"),
        ("https://[::1]:8080/x?y", "https://[::1]:8080/x"),
        ("https://bücher.example/", "https://bücher.example/"),
    ],
)
def test_page_url(address: str, kept: str) -> None:
    assert texts.page_url(address) == kept


@pytest.mark.parametrize(
    "address",
    [
        "",
        "shop.example",
        "//shop.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://shop.example/",
        "https://",
        "https:///path",
        f"https://jane:{CANARY}@shop.example/",
        "https://jane@shop.example/",
        "https://@shop.example/",
        "https://:@shop.example/",
        "https://a.example\\@b.example/",
        "https://shop example/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://[::1/",
        "https://shop.example/\r\nSet-Cookie: x",
        "java\tscript:alert(1)",
        "https://shop.example/" + "x" * 2048,
    ],
)
def test_not_a_page_url(address: str) -> None:
    refused(texts.page_url, address)


@pytest.mark.parametrize(
    ("tag", "kept"),
    [
        ("en", "en"),
        ("EN-gb", "en-GB"),
        ("en_GB", "en-GB"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-ch-1996", "de-CH-1996"),
        ("en-gb-OXENDICT", "en-GB-oxendict"),
        ("ar-EG-u-NU-arab", "ar-EG-u-nu-arab"),
        ("en-US@posix", "en-US"),
        ("fr_FR.UTF-8", "fr-FR"),
        (" fr ", "fr"),
    ],
)
def test_locale(tag: str, kept: str) -> None:
    assert texts.locale(tag) == kept


@pytest.mark.parametrize(
    "tag", ["", " ", "e", "-en", "en-", "en--GB", "english!", "en GB", "..", "é", "x" * 36, "en-123456789", "*"]
)
def test_not_a_locale(tag: str) -> None:
    refused(texts.locale, tag)


@given(st.from_regex(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,3}", fullmatch=True))
def test_a_locale_has_one_spelling(tag: str) -> None:
    assume(len(tag) <= 35)
    kept = texts.locale(tag)
    assert texts.locale(kept) == texts.locale(tag.upper()) == texts.locale(tag.lower()) == kept


@pytest.mark.parametrize(
    "zone", ["Europe/London", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+1", "America/Port-au-Prince"]
)
def test_timezone(zone: str) -> None:
    assert texts.timezone(zone) == zone


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Nowhere/Nothing",
        "Europe",
        "Europe/",
        "/Europe/London",
        "../../../etc/passwd",
        "/etc/passwd",
        "Europe/../Europe/London",
        "Europe/London\x00",
        "Europe//London",
        "localtime",
        "posixrules",
        "posix/Europe/London",
        "right/Europe/London",
        "Factory",
        "tzdata.zi",
        "leapseconds",
        "__init__",
        "__pycache__",
        "x" * 10_000,
        "Európe/London",
    ],
)
def test_not_a_timezone(zone: str) -> None:
    refused(texts.timezone, zone)


@given(st.text(max_size=80))
def test_every_rule_answers_or_refuses_whatever_comes(said: str) -> None:
    for rule in (
        texts.message,
        texts.comment,
        texts.name,
        texts.client_id,
        texts.page_url,
        texts.locale,
        texts.timezone,
    ):
        try:
            rule(said)
        except InvalidValue:
            pass
