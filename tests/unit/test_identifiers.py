"""What a person is found by. Nobody must be found by somebody else's, and nothing by nothing."""

import subprocess
import sys

import email_validator
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imchat import identifiers
from imchat.values import InvalidValue

BLANK = ["", " ", "\u00a0\u3000", "\u200b\ufeff", "\n"]
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
mailboxes = st.builds(lambda local, domain: f"{local}@{domain}.example", words, words)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    "address",
    [
        "jane@shop.example",
        "Jane.Doe+chat@Shop.Example",
        "fake@nowhere.test",
        "fake@nowhere.invalid",
        "fake@printer.local",
        "fake@site.localhost",
        "jösé@exämple.de",
        "jane@xn--exmple-cua.de",
        "用户@例子.广告",
        "o'neil@shop.example",
        "x@mailinator.com",
    ],
)
def test_N4_an_address_needs_only_the_form_of_one(address: str) -> None:
    assert identifiers.email(address) == address
    assert identifiers.email(f"  {address} ") == address


# As the pattern of plain addresses, of lengths that make an address of at most so many characters likely.
SHORT = r"[A-Za-z0-9_+-]{1,9}(?:\.[A-Za-z0-9_+-]{1,5}){0,2}@(?:[a-z0-9]{1,7}(?:-[a-z0-9]{1,3}){0,2}\.){1,3}[a-z]{2,6}"


@given(st.from_regex(SHORT, fullmatch=True))
def test_what_is_taken_for_a_plain_address_is_one_by_all_rules(address: str) -> None:
    assume(len(address) <= identifiers._PLAIN_LENGTH)
    assert identifiers._PLAIN_EMAIL.fullmatch(address)
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    email_validator.validate_email(address, check_deliverability=False, strict=True)


@pytest.mark.parametrize(
    "address",
    [
        "jane",
        "jane@",
        "@shop.example",
        "jane@gmail",
        "jane@shop..example",
        "jane@-shop.example",
        "ja ne@shop.example",
        "jane@shop.example, joe@shop.example",
        "Jane <jane@shop.example>",
        "jane@shop.example\r\nBcc: joe@shop.example",
        "jane@shop.example\n",
        "jane\x00@shop.example",
        "jane@shop.example\u2028Bcc: joe@shop.example",
        '"jane\r\nBcc: x"@shop.example',
        "jane@[127.0.0.1]",
        "jane\ud800@shop.example",
        "\u202ejane@shop.example",
        "x" * 65 + "@shop.example",
        "jane@" + "x." * 125 + "example",
        "4111111111111111@shop.example",
        "jane.4111-1111-1111-1111@shop.example",
        "@" * 100_000,
    ],
)
def test_not_an_address(address: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        identifiers.email(address)
    assert address not in refusal.value.reason
    assert "jane" not in refusal.value.reason


@pytest.mark.parametrize("nothing", BLANK)
def test_N7_nothing_is_no_identifier(nothing: str) -> None:
    assert identifiers.email(nothing) is None
    assert identifiers.phone(nothing, "GB") is None
    assert identifiers.name_key(nothing) is None
    with pytest.raises(InvalidValue):
        identifiers.email_key(nothing)
    with pytest.raises(InvalidValue):
        identifiers.phone_key(nothing, "GB")


@pytest.mark.parametrize("half", ["@", "jane@", "@shop.example", " @ ", "jane"])
def test_half_an_address_has_no_key(half: str) -> None:
    with pytest.raises(InvalidValue):
        identifiers.email_key(half)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jane@Shop.Example", "jane@shop.example"),
        ("ｊａｎｅ＠ｓｈｏｐ．ｅｘａｍｐｌｅ", "jane@shop.example"),
        ("jane@EXÄMPLE.de", "jane@xn--exmple-cua.de"),
        ("jane@exa\u0308mple.de", "jane@XN--EXMPLE-CUA.DE"),
        ("jane@straße.de", "jane@xn--strae-oqa.de"),
        ("JOSE\u0301@shop.example", "josé@shop.example"),
        (" jane@shop.example ", "jane@shop.example"),
    ],
)
def test_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert identifiers.email_key(one) == identifiers.email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane@shop.example", "jane+chat@shop.example"),
        ("jane@shop.example", "ja.ne@shop.example"),
        ("jane@shop.example", "jane@shop.example.org"),
        ("jane@straße.de", "jane@strasse.de"),
        ("jane@exämple.de", "jane@example.de"),
        ("jose@shop.example", "josé@shop.example"),
    ],
)
def test_different_mailboxes_have_different_keys(one: str, other: str) -> None:
    assert identifiers.email_key(one) != identifiers.email_key(other)


@given(mailboxes, mailboxes)
def test_keys_of_mailboxes_are_equal_only_for_one_mailbox(one: str, other: str) -> None:
    assert (identifiers.email_key(one) == identifiers.email_key(other)) == (one == other)
    assert identifiers.email_key(one.upper()) == identifiers.email_key(wide(one)) == identifiers.email_key(f" {one} ")


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_the_key_of_an_address_is_its_own_key(local: str, domain: str) -> None:
    try:
        key = identifiers.email_key(f"{local}@{domain}")
    except InvalidValue:
        return
    assert identifiers.email_key(key) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë  O’Neil", " zoë o’neil "),
        ("ＺＯＥ", "zoe"),
        ("STRASSE", "Straße"),
        ("Zoe\u0308", "Zoë"),
        ("Jane\u00a0Doe", "jane doe"),
        ("Jane\tDoe", "jane doe"),
        ("\u202aJane\u202c \u200bDoe", "jane doe"),
        ("ﬁona", "fiona"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert identifiers.name_key(one) == identifiers.name_key(other)


@pytest.mark.parametrize("name", ["-", ".", "???", "•••• •••• •••• ••••", "_ _", "…"])
def test_N7_a_name_that_is_nobodys_has_no_key(name: str) -> None:
    assert identifiers.name_key(name) is None


@pytest.mark.parametrize("name", ["A", "李", "🙂", "007", "-jane-"])
def test_any_other_name_has_a_key(name: str) -> None:
    assert identifiers.name_key(name)


@given(st.text(max_size=60))
def test_the_key_of_a_name_is_its_own_key_and_never_empty(name: str) -> None:
    key = identifiers.name_key(name)
    assert key is None or (key and identifiers.name_key(key) == key)
    assert identifiers.name_key(f"  {name}\u200b ") == key


@given(words, words)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assume(one != other)
    assert identifiers.name_key(one) != identifiers.name_key(other)


@pytest.mark.parametrize(
    "number",
    [
        "020 7946 0958",
        "(020) 7946-0958",
        "020.7946.0958",
        "+44 20 7946 0958",
        "0044 20 7946 0958",
        "+44 (0)20 7946 0958",
        "020\u20137946\u20110958",
        "020\u00a07946\u00a00958",
        "\u202a+44 20 7946 0958\u202c",
        "٠٢٠ ٧٩٤٦ ٠٩٥٨",
        "０２０ ７９４６ ０９５８",
    ],
)
def test_spellings_of_one_number_have_one_key(number: str) -> None:
    assert identifiers.phone(f" {number} ", "GB") == number
    assert identifiers.phone_key(number, "GB") == "+442079460958"


@pytest.mark.parametrize(
    ("number", "region", "key"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("+33 6 12 34 56 78", "GB", "+33612345678"),
        ("12345", "FR", "12345"),
        ("123456789012345678", "GB", "123456789012345678"),
        ("020 7946 0958", "nowhere", "02079460958"),
        ("020 7946 0958", "", "02079460958"),
    ],
)
def test_E164_where_the_number_belongs(number: str, region: str, key: str) -> None:
    assert identifiers.phone_key(number, region) == key


def test_a_number_belongs_to_the_united_kingdom_unless_said_otherwise() -> None:
    assert identifiers.phone("020 7946 0958") == "020 7946 0958"
    assert identifiers.phone_key("020 7946 0958") == "+442079460958"


@pytest.mark.parametrize(
    "number",
    [
        "1234",
        "+",
        "---",
        "call me",
        "020 7946 0958; drop",
        "020\n7946\n0958",
        "020 7946 0958\r\nBcc: x",
        "\x00" + "1" * 9,
        "1" * 41,
        "<b>0207946</b>",
        "4111 1111 1111 1111",
        "4111111111111111",
        "4111/1111/1111/1111",
        "(4111) 1111 x1111 #1111",
        "378282246310005",
        "+378282246310005",
        "٤١١١ ١١١١ ١١١١ ١١١١",
    ],
)
def test_not_a_number(number: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        identifiers.phone(number, "GB")
    assert number not in refusal.value.reason


def test_a_valid_number_with_its_country_code_is_no_card_though_it_passes_the_check() -> None:
    from imchat.cards import contains_card

    number = next(
        found for last in range(10) if contains_card((found := f"+49 151 1251450{last}").replace(" ", "").lstrip("+"))
    )
    assert identifiers.phone(number, "GB") == number


@given(st.text("0123456789 +-()x.#/", max_size=40), st.sampled_from(["GB", "FR", "US", "DE", "IT", "nowhere"]))
def test_the_key_of_a_number_is_its_own_key(number: str, region: str) -> None:
    try:
        key = identifiers.phone_key(number, region)
    except InvalidValue:
        return
    assert len(key) >= 5
    assert identifiers.phone_key(key, region) == key


@given(st.text(max_size=60))
def test_whatever_comes_is_an_identifier_or_refused(said: str) -> None:
    for rule in (identifiers.email, identifiers.phone, identifiers.email_key, identifiers.phone_key):
        try:
            rule(said)
        except InvalidValue:
            pass


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = (
        "anyascii",
        "email_validator",
        "phonenumbers",
        "idna",
        "zoneinfo",
        "jinja2",
        "pydantic",
        "botocore",
        "pynamodb",
    )
    modules = "cards, text, identifiers, periods, browser, values"
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; from imchat import {modules}; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
