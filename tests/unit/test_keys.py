"""One key for one mailbox, one line, one name: over all assigned characters, and in tables of what people type."""

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat import identifiers
from imchat.mail.address import deliverable, searched
from imchat.mail.errors import PermanentMailError
from imchat.subjects import Subject
from imchat.values import InvalidValue

ASSIGNED = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")
]


def mailed(address: str) -> str | None:
    try:
        return deliverable(address)
    except PermanentMailError:
        return None


def key(address: str) -> str | None:
    try:
        return identifiers.email_key(address)
    except InvalidValue:
        return None


def punycode(label: str) -> str:
    return "xn--" + label.encode("punycode").decode()


def spellings() -> Iterator[str]:
    """Addresses with every assigned character, in the local part and in the domain; those that have other spellings
    in a label spelled by hand too, and where a dot may stand."""
    for character in ASSIGNED:
        yield f"a{character}b@shop.example"
        yield f"info@a{character}b"
        if unicodedata.normalize("NFKC", character).casefold() != character:
            yield f"info@{punycode(f'a{character}')}"
            yield f"info@{character}.example"
        if unicodedata.category(character)[0] in "ZPSC":
            yield f"{character}@shop.example"
            yield f"info@shop.example{character}"
            yield f"info{character}shop.example"


def test_N13_what_is_mailed_is_what_is_searched_for_every_assigned_character() -> None:
    """And one key is one mailbox, or none: also where no mail can go, nobody's address has the key of a mailbox that
    somebody else reads."""
    kinds = defaultdict(set)
    for address in spellings():
        found, sent = key(address), mailed(address)
        if sent is not None:
            assert found == sent.lower(), ascii(address)
        if found is not None:
            kinds[found].add((sent or "").lower())
    assert [found for found, sent in kinds.items() if len(sent) > 1] == []
    assert sum(sent != {""} for sent in kinds.values()) > 50_000
    assert [found for found in list(kinds)[::29] if key(found) != found] == []


@given(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=12))
def test_what_is_mailed_is_what_is_searched_whatever_is_typed(local: str, domain: str) -> None:
    address = f"{local}@{domain}.example"
    sent, found = mailed(address), key(address)
    if sent is not None:
        assert found == identifiers.email_key(sent)
    if found is not None:
        assert identifiers.email_key(found) == found
    try:
        taken = identifiers.email(address)
    except InvalidValue:
        return
    assert taken is None or key(taken)


@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("info@κόσμοϲ.com", "info@xn--vxaejoc4c.com"),  # U+03F2, which the DNS maps to σ, and NFKC to ς
        ("info@κόσμοσ.com", "info@xn--vxaejoc4c.com"),
        ("info@κόσμος.com", "info@xn--vxaejmc7c.com"),
        ("jane@straße.de", "jane@xn--strae-oqa.de"),
        ("jane@STRASSE.de", "jane@STRASSE.de"),
        ("jane@exa\u00admple.de", "jane@example.de"),
        ("jane@exämple.de", "jane@xn--exmple-cua.de"),
        ("jane@exa\u0308mple.de", "jane@xn--exmple-cua.de"),
        ("jane@XN--EXMPLE-CUA.DE", "jane@xn--exmple-cua.de"),
        ("jane@\u212aelvin.example", "jane@kelvin.example"),
        ("jane@\u017fhop.example", "jane@shop.example"),
        ("jane@shop。example", "jane@shop.example"),
        ("jane@shop．ｅｘａｍｐｌｅ", "jane@shop.example"),
        ("jane＠shop.example", "jane@shop.example"),
        ("ｊａｎｅ@shop.example", "jane@shop.example"),
        ("\u212aim@shop.example", "kim@shop.example"),
        ("\u017fam@shop.example", "sam@shop.example"),
        ("Jane.Doe@shop.example", "Jane.Doe@shop.example"),
        ("jane@नी\u200dx.example", None),  # a joiner where none may stand
        ("jane@क्\u200dष.example", "jane@xn--11b2ezcw70k.example"),
        ("jane@xn--hza.com", None),  # U+03F2 in a label spelled by hand, which nobody can register
        ("jane@shop.example.", None),
        ("jane@shop.example。", None),
        ("josé@shop.example", None),
        ("İpek@shop.example", None),
    ],
)
def test_addresses_that_look_alike(typed: str, mailbox: str | None) -> None:
    assert mailed(typed) == mailbox
    if mailbox:
        assert identifiers.email_key(typed) == mailbox.lower()


def test_mail_to_another_mailbox_than_the_one_that_is_searched_is_refused() -> None:
    with pytest.raises(PermanentMailError, match=r"^address_not_searched$"):
        searched("jane@shop.example", "joe@shop.example")
    with pytest.raises(PermanentMailError, match=r"^address_not_searched$"):
        searched("jane@shop.example", None)
    assert searched("Jane@shop.example", "jane@shop.example") == "Jane@shop.example"


@pytest.mark.parametrize(
    "pasted",
    [
        "\u00a0jane@shop.example\u00a0",
        "\u200bjane@shop.example\ufeff",
        "jane@\u200bshop.example",
        "\u3000jane@shop.example\u2009",
        "\u2068jane@shop.example\u2069",
        "\u200ejane@shop.example\u200f",
        "mailto:jane@shop.example",
        "MAILTO:jane@shop.example?subject=Hello%20there",
        "mailto:%20jane%40shop.example",
        "<jane@shop.example>",
        " < jane@shop.example > ",
        "<mailto:jane@shop.example>",
        "jane＠shop.example",
    ],
)
def test_what_comes_along_with_a_copied_address_is_no_part_of_it(pasted: str) -> None:
    assert identifiers.email(pasted) == "jane@shop.example"
    assert Subject.of("demo", emails=[pasted]).emails == {"jane@shop.example"}


@pytest.mark.parametrize(
    "typed",
    [
        "mailto:",
        "mailto:jane@shop.example,joe@shop.example",
        "mailto:jane@shop.example%0d%0aBcc:joe@shop.example",
        "<>",
        "Jane <jane@shop.example>",
        "<jane@shop.example",
        "\u202ejane@shop.example",
        "jane@shop.example.",
    ],
)
def test_what_else_stands_around_an_address_makes_it_none(typed: str) -> None:
    with pytest.raises(InvalidValue):
        identifiers.email(typed)


@pytest.mark.parametrize(
    ("region", "line", "typed"),
    [
        ("GB", "+442079460958", ["0044 20 7946 0958", "(+44) 20 7946 0958", "+44 (0)20 7946 0958", "+44(0)2079460958"]),
        ("GB", "+442079460958", ["tel:+44-20-7946-0958", "tel:7946-0958;phone-context=+4420", "＋44 20 7946 0958"]),
        ("GB", "+442079460958", ["\u00a0020 7946 0958\u200b", "callto:+442079460958", "442079460958", "00442079460958"]),
        ("US", "+442079460958", ["0044 20 7946 0958", "011 44 20 7946 0958", "+44 20 7946 0958"]),
        ("US", "+447700900123", ["0044 7700 900123", "00447700900123", "+44 7700 900123"]),
        ("GB", "+447700900123", ["0044 7700 900123", "07700 900123", "+44 (0)7700 900123", "447700900123"]),
        ("FR", "+442079460958", ["0044 20 7946 0958", "00 44 20 7946 0958"]),
        ("GB", "+525512345678", ["+52 1 55 1234 5678", "+52 55 1234 5678", "0052 1 55 1234 5678", "0052 55 1234 5678"]),
        ("MX", "+525512345678", ["55 1234 5678", "01 55 1234 5678", "044 55 1234 5678", "045 55 1234 5678"]),
        ("GB", "+5491123456789", ["+54 9 11 2345-6789", "+54 11 15 2345-6789", "+54 (0)9 11 2345 6789"]),
        ("AR", "+5491123456789", ["011 15 2345-6789", "+54 9 11 2345-6789"]),
        ("GB", "+5511987654321", ["+55 11 98765-4321", "+55 (0)11 98765-4321"]),
        ("BR", "+5511987654321", ["(11) 98765-4321", "0 15 11 98765-4321", "011 98765-4321"]),
        ("GB", "+79123456789", ["+7 912 345-67-89", "+7 (8) 912 345-67-89"]),
        ("RU", "+79123456789", ["8 (912) 345-67-89", "912 345 67 89"]),
        ("GB", "+390612345678", ["+39 06 1234 5678", "0039 06 1234 5678"]),
        ("GB", "+442079460958;ext=12", ["020 7946 0958 ext. 12", "020 7946 0958 x12", "+44 20 7946 0958 x 12"]),
        ("GB", "+442079460958;ext=12", ["tel:+442079460958;ext=12", "020 7946 0958 #12", "020 7946 0958 EXT 12"]),
    ],
)  # fmt: skip
def test_spellings_of_one_line_have_one_key(region: str, line: str, typed: list[str]) -> None:
    for number in typed:
        given_number = identifiers.phone(number, region)
        assert given_number, number
        assert identifiers.phone_key(given_number, region) == line, number
        assert Subject.of("demo", phones=[number], region=region).phones == {line}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("020 7946 0958", "020 7946 0958 x 99"),
        ("020 7946 0958 x 98", "020 7946 0958 x 99"),
        ("020 7946 0958 x 99", "020 7946 0958 99"),
        ("12345 x 99", "12345 99"),
        ("+7700900123", "+447700900123"),
        ("+7700900123", "07700 900123"),
        ("+7700900123", "7700900123"),
        ("+2079460958", "020 7946 0958"),
        ("+02079460958", "020 7946 0958"),
        ("+1 0 650 253 0000", "+1 650 253 0000"),
        ("7946 0958", "020 7946 0958"),
        ("+44 7946 0958", "7946 0958"),
        ("0207946 xxxx 0958", "02079469999 0958"),
        ("020 7946 0958 * 9", "020 7946 0958"),
        ("+52 2 55 1234 5678", "+52 55 1234 5678"),
        ("12345", "+12345"),
        ("0077009001", "77009001"),
        ("007700900123", "+447700900123"),
    ],
)
def test_different_lines_have_different_keys(one: str, other: str) -> None:
    assert identifiers.phone_key(one) != identifiers.phone_key(other)


def test_only_lines_that_can_be_dialled_have_keys_that_look_like_one() -> None:
    for number in ("+7700900123", "7946 0958", "12345", "12345 x 99", "020794xx6 0958", "123456789012345678"):
        assert not identifiers.phone_key(number).startswith("+")


@given(
    st.text("0123456789 +-()x.#/*~;=", max_size=30),
    st.sampled_from(["GB", "FR", "US", "DE", "IT", "MX", "AR", "RU", "nowhere", ""]),
)
def test_a_key_with_a_plus_is_a_number_that_exists_by_its_length(number: str, region: str) -> None:
    import phonenumbers

    try:
        found = identifiers.phone_key(number, region)
    except InvalidValue:
        return
    assert identifiers.phone_key(found, region) == found
    if found.startswith("+"):
        line = found.partition(";")[0]
        reason = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(line))
        assert reason == phonenumbers.ValidationResult.IS_POSSIBLE
        # What was dialled ends with the digits of the line, or is another way to dial it that the rules know.
        assert number.lstrip(" ()./-").startswith("+") is False or "+" in number


@given(st.integers(0, 10**7 - 1), st.sampled_from(["1", "7", "20", "33", "39", "49", "54", "55", "81", "86", "380"]))
def test_a_number_after_a_plus_is_never_one_of_the_region(rest: int, country: str) -> None:
    number = f"+{country}{rest:07}"
    for region in ("GB", "US", "RU", "IT"):
        found = identifiers.phone_key(number, region)
        assert found.startswith((f"+{country}", "~+"))


@pytest.mark.parametrize("character", "'’‘`´ʼʹ′＇ʻ‛ꞌ՚׳΄")
def test_an_apostrophe_is_an_apostrophe(character: str) -> None:
    assert identifiers.name_key(f"O{character}Neil") == identifiers.name_key("O'Neil") == "o'neil"


DASHES = [one for one in ASSIGNED if unicodedata.category(one) == "Pd"] + ["\u2212", "\u2043", "\u02d7", "\u207b"]


@pytest.mark.parametrize("character", DASHES)
def test_a_hyphen_is_a_hyphen(character: str) -> None:
    assert identifiers.name_key(f"Anne{character}Marie") == identifiers.name_key("Anne-Marie") == "anne-marie"


def similar(name: str) -> str:
    found = identifiers.name_key(name)
    assert found
    return identifiers.similar_name(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Doe, Jane", "Jane Doe"),
        ("DOE Jane", "Jane Doe"),
        ("José García", "Garcia Jose"),
        ("O’Neil", "ONeil"),
        ("Anne-Marie Dubois", "Anne Marie Dubois"),
        ("Zoë", "Zoe"),
        ("Müller", "Mueller"),
        ("Müller", "Muller"),
        ("Jörg Groß", "Joerg Gross"),
        ("Sørensen", "Soerensen"),
        ("Håkon", "Haakon"),
        ("Łukasz Wałęsa", "Lukasz Walesa"),
        ("Đặng Văn Lâm", "Dang Van Lam"),
        ("İpek Yılmaz", "Ipek Yilmaz"),
        ("Иван Петров", "Petrov Ivan"),
        ("Юлия Иванова", "Yuliya Ivanova"),
        ("Юлия Иванова", "Julia Ivanova"),
        ("Сергей Щербаков", "Sergei Shcherbakov"),
        ("Νίκος Παππάς", "Nikos Pappas"),
        ("李明", "Li Ming"),
        ("李小明", "Li Xiaoming"),
        ("김철수", "Gim Cheolsu"),
        ("\u200bJane\u00a0Doe ", "jane doe"),
    ],
)
def test_names_that_may_be_one_persons_are_similar(one: str, other: str) -> None:
    assert similar(one) == similar(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Jane Doe", "Joan Doe"), ("Jane", "Jane Doe"), ("🙂", "🙃"), ("Li Ming", "Li Wang")]
)
def test_other_names_are_not(one: str, other: str) -> None:
    assert similar(one) != similar(other)


@given(st.text(max_size=200))
def test_N7_whoever_has_a_name_has_a_similar_one_that_an_index_takes(name: str) -> None:
    found = identifiers.name_key(name)
    if found is not None:
        assert len(identifiers.similar_name(found)) == 16


def test_a_name_is_trimmed_of_what_comes_along_with_a_copied_one() -> None:
    from imchat import text

    assert text.name("\u00a0\u200bJane Doe\ufeff\u2003") == "Jane Doe"
    assert text.name("\u200fמיכל") == "\u200fמיכל"
