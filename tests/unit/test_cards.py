"""N22: no card number gets in."""

import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.cards import _ISSUERS, MASK, contains_card, mask

# Numbers that the card schemes publish for tests.
CARDS = [
    "4222222222222",
    "30569309025904",
    "378282246310005",
    "4111111111111111",
    "5555555555554444",
    "6011000990139424",
    "2223003122003222",
    "6304000000000000000",
]


def luhn(digits: str) -> bool:
    """As the standard words it, from the right, every second digit doubled."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def completed(payload: str) -> str:
    """``payload`` with its check digit."""
    return next(payload + check for check in "0123456789" if luhn(payload + check))


@st.composite
def issued(draw: st.DrawFn) -> str:
    """A number as some issuer gives out."""
    low, high, lengths = draw(st.sampled_from(_ISSUERS))
    prefix = str(draw(st.integers(int(low), int(high)))).zfill(len(low))
    rest = draw(st.sampled_from(lengths)) - len(prefix) - 1
    return completed(prefix + draw(st.text("0123456789", min_size=rest, max_size=rest)))


numbers = issued()


def _ibans() -> list[str]:
    """Account numbers, with right check digits, that hold the digits of a card in groups of four."""
    found = []
    for country in ("SE", "ES", "TR"):
        number = "411111111111111123450000"[: {"SE": 20, "ES": 20, "TR": 22}[country]]
        checked = int("".join(str(int(one, 36)) for one in f"{number}{country}00"))
        whole = f"{country}{98 - checked % 97:02}{number}"
        found += [whole, " ".join(whole[place : place + 4] for place in range(0, len(whole), 4))]
    return found


IBANS = _ibans()
separators = st.sampled_from(
    [" ", "-", ".", "\u00a0", "\u2011", "\u2013", "\u2212", "\u3000", "\u200b", "\u2060", " - ", "\ufeff"]
)
scripts = st.sampled_from([0x30, 0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE, 0xE50])


@pytest.mark.parametrize("card", CARDS)
def test_N22_a_card_number_is_masked_and_its_surroundings_stay(card: str) -> None:
    assert mask(f"my card is {card}, thanks") == f"my card is {MASK * len(card)}, thanks"
    assert mask(f"x{card}y") == f"x{MASK * len(card)}y"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111 1111 1111 1111", "•••• •••• •••• ••••"),
        ("4111-1111-1111-1111.", "••••-••••-••••-••••."),
        ("4111.1111.1111.1111", "••••.••••.••••.••••"),
        ("3782 822463 10005", "•••• •••••• •••••"),
        ("4111 – 1111 – 1111 – 1111", "•••• – •••• – •••• – ••••"),
        ("4111\u200b1111\u200d1111\u20601111", "••••\u200b••••\u200d••••\u2060••••"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", " ".join("•" * 16)),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "•••• •••• •••• ••••"),
        ("４１１１１１１１１１１１１１１１", "•" * 16),
        ("\u202a4111 1111 1111 1111\u202c", "\u202a•••• •••• •••• ••••\u202c"),
        ("4\ufe0f\u20e31\ufe0f\u20e3" + "1" * 14, "•\ufe0f\u20e3•\ufe0f\u20e3" + "•" * 14),
        ("4111    1111    1111    1111", "••••    ••••    ••••    ••••"),
        ("a 4111111111111111 b 5555555555554444 c", f"a {'•' * 16} b {'•' * 16} c"),
        ("4111111111111111\n5555555555554444", f"{'•' * 16}\n{'•' * 16}"),
        ("4111 1111 1111 1111 5555 5555 5555 4444", " ".join(["••••"] * 8)),
        ("4111, 1111, 1111, 1111", "••••, ••••, ••••, ••••"),
        ("4111 1111\n1111 1111", "•••• ••••\n•••• ••••"),
        ("4111 1111 1111\r\n1111", "•••• •••• ••••\r\n••••"),
        ("> 4111 1111\n> 1111 1111", "> •••• ••••\n> •••• ••••"),
        ("> > 3782 822463\n> > 10005", "> > •••• ••••••\n> > •••••"),
        ("**4111** **1111** **1111** **1111**", "**••••** **••••** **••••** **••••**"),
        ("4111•1111•1111•1111", "••••" + "•••••" * 3),
        ("4111:1111:1111:1111", "••••:••••:••••:••••"),
        ('["4111", "1111", "1111", "1111"]', '["••••", "••••", "••••", "••••"]'),
        ("?card=4111+1111+1111+1111&x=1", "?card=••••+••••+••••+••••&x=1"),
        ("+3782 822463 10005", "+•••• •••••• •••••"),
        ("+4929 4290 5434 8231", "+•••• •••• •••• ••••"),
        (
            "https://pay.example/4111111111111111/x?c=5555555555554444",
            f"https://pay.example/{MASK * 16}/x?c={MASK * 16}",
        ),
        ("4111%201111%201111%201111", "••••%20••••%20••••%20••••"),
        ("4111%2520-%25201111%2d1111%2F1111", "••••%2520-%2520••••%2d••••%2F••••"),
        ("4111%C2%A01111%C2%A01111%C2%A01111", "••••%C2%A0••••%C2%A0••••%C2%A0••••"),
        ("4111&nbsp;1111&#160;1111&#xa0;1111", "••••&nbsp;••••&#160;••••&#xa0;••••"),
        (r"4111\u00a01111\n1111 1111", r"••••\u00a0••••\n•••• ••••"),
    ],
)
def test_N22_every_way_of_writing_a_card_number(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert contains_card(text)


@pytest.mark.parametrize("code", ["123", "4567", "000"])
def test_N22_a_card_is_masked_whatever_follows_it(code: str) -> None:
    assert mask(f"4111 1111 1111 1111 {code}").startswith("•••• •••• •••• ••••")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4111 1111 1111 1112",
        "order 1234567890123456",
        "4111111111111111" + "2345",  # twenty digits that begin with a card number
        "1" * 40,
        "2026-11-23 15:12:38",
        "+44 20 7946 0958",
        "call 020 7946 0958, or 020 7946 0959",
        "4111, 11111, 111, 1111",  # no way in which a card is printed
        "41111111\n11111111",
        "4111 1111\n\n1111 1111",
        "4111 and 1111 and 1111 and 1111",
        "₁²③",
        "IMEI 490154203237518",
        "IMEI 35 693803 564380 9",
        "order 2026300204713267",
        "https://shop.example/o/1914674982963645?x=1",
        "https://shop.example/o/%31914674982963645",
        "+49 151 12514505",
        "tel:+4915112514505",
        "+49 (0) 151 12514505",
        "0049 151 12514505",
        "00 49 151 12514505",
        "?phone=%2B4915112514505",
        "call +49 151 12514505 12",
        *IBANS,
        f"an account:{IBANS[0]}, and another: {IBANS[1]}, thanks this will do.",
        "100%4111",
        "•••• •••• •••• ••••",
        "🙂 \ud800 \x00",
    ],
)
def test_N22_anything_else_comes_back_as_it_was(text: str) -> None:
    assert mask(text) is text
    assert not contains_card(text)


def test_N22_a_neighbour_that_passes_by_chance_does_not_save_the_rest_of_a_card() -> None:
    # The first fourteen digits pass too; masking only those would leave the card's last group.
    card = "4111 1111 1111 1111"
    before = next(
        f"{n:02d}" for n in range(100) if luhn(f"{n:02d}411111111111") and not luhn(f"{n:02d}4111111111111111")
    )
    assert mask(f"{before} {card}").endswith("•••• •••• •••• ••••")


def test_N22_an_account_number_with_wrong_check_digits_saves_no_card() -> None:
    assert mask("SE00 4111 1111 1111 1111 2345") == "SE00 •••• •••• •••• •••• 2345"


@given(numbers, st.data())
def test_N22_any_card_number_in_any_script_however_grouped(number: str, data: st.DataObject) -> None:
    zero = data.draw(scripts)
    written = ""
    for place, digit in enumerate(number):
        written += (data.draw(separators) if place and data.draw(st.booleans()) else "") + chr(zero + int(digit))
    before, after = data.draw(st.sampled_from([("", ""), ("card ", "!"), ("(", ")"), ("äé: ", "\nnext")]))
    masked = mask(before + written + after)
    assert masked == before + "".join(MASK if c.isdecimal() else c for c in written) + after
    assert not any(character.isdecimal() for character in masked)


def is_issued(digits: str) -> bool:
    return any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)


pieces = st.sampled_from(
    [
        "4111",
        "1111",
        "3782",
        "822463",
        "10005",
        "41",
        "11111111",
        "4",
        "1",
        " ",
        "-",
        ".",
        "•",
        "x",
        "\n",
        "> ",
        "/",
        ", ",
        "\u200b",
        "٤",
    ]
)


@given(st.lists(pieces, max_size=40).map("".join))
def test_N22_masking_agrees_with_trying_every_aligned_window(text: str) -> None:
    """Against the rule as it is said, without any of its bookkeeping."""
    groups = [found.span() for found in re.finditer(r"\d+", text)]
    expected = list(text)
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            window = text[groups[first][0] : groups[last][1]]
            digits = "".join(str(unicodedata.decimal(c)) for c in window if c.isdecimal())
            gaps = re.split(r"\d+", window)[1:-1]
            tight = all(set(gap) <= set(" -.\u200b") for gap in gaps)
            loose = all(
                "x" not in gap and gap.count("\n") <= 1 and sum(c not in " -.\u200b" for c in gap) <= 12 for gap in gaps
            )
            lengths = tuple(len(group) for group in re.findall(r"\d+", window))
            printed = lengths in {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)}
            if 13 <= len(digits) <= 19 and luhn(digits) and is_issued(digits) and (tight or (loose and printed)):
                for place in range(groups[first][0], groups[last][1]):
                    expected[place] = MASK if text[place].isdecimal() else text[place]
    assert mask(text) == "".join(expected)


@given(
    numbers,
    st.sampled_from([quote, lambda text: quote(quote(text)), lambda text: "".join(f"%{ord(c):02x}" for c in text)]),
)
def test_N22_any_card_number_however_it_is_encoded_in_a_link(number: str, encoded: Any) -> None:
    grouped = " ".join(number[place : place + 4] for place in range(0, len(number), 4))
    for written in (number, grouped):
        assert not luhn_digits(mask(f"https://shop.example/pay?card={encoded(written)}&x=1"), number)


def luhn_digits(text: str, number: str) -> bool:
    from urllib.parse import unquote

    return number in re.sub(r"\D", "", unquote(unquote(text)))


@given(
    st.integers(13, 19)
    .flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
    .map(lambda d: completed(d[:-1]))
)
def test_N22_what_no_issuer_gives_out_stays(number: str) -> None:
    assert contains_card(number) == is_issued(number)


# Beside the project where that folder is there.
SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases" / "cards.jsonl"
CASES = [json.loads(line) for line in SHARED.read_text().splitlines()] if SHARED.exists() else []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_N22_cases_from_the_field(case: dict[str, Any]) -> None:
    masked = mask(case["text"])
    if case["hidden"] is None:
        assert masked == case["text"]
    else:
        assert case["hidden"] not in "".join(str(unicodedata.decimal(c)) for c in masked if c.isdecimal())
        assert not any(c.isdecimal() for c in masked)


@given(st.text())
def test_N22_masking_again_changes_nothing_and_only_digits_ever_change(text: str) -> None:
    once = mask(text)
    assert mask(once) == once
    assert not contains_card(once)
    assert len(once) == len(text)
    assert all(a == b or (a.isdecimal() and b == MASK) for a, b in zip(text, once, strict=True))


def steps(text: str) -> int:
    """How many lines of Python masking ``text`` takes."""
    count = 0

    def trace(_frame: Any, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        mask(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "pattern", ["1", "1 ", " ", "1" + " " * 50, "1\u200b", "411111111111111 ", "1 x", "1" * 19 + " ", "12345 "]
)
def test_N22_hostile_text_takes_time_in_proportion_to_its_length(pattern: str) -> None:
    short, long = (pattern * (size // len(pattern)) for size in (3_000, 24_000))
    assert steps(long) < 10 * steps(short) + 1_000


@pytest.mark.parametrize("pattern", ["1", "1 ", " ", "4111 1111 1111 1111 "])
def test_N22_a_hundred_thousand_characters_are_no_trouble(pattern: str) -> None:
    text = pattern * (100_000 // len(pattern))
    assert len(mask(text)) == len(text)
