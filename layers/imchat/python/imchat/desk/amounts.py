"""Amounts of money by ISO 4217: which currencies there are, and how many decimals each has."""

import re
from typing import Literal

from iso4217 import Currency

from imchat.values import InvalidValue

Decimals = Literal["point", "comma"]
AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
# What people and spreadsheets put between thousands, beside the other decimal sign.
_SPACES = " \u00a0\u202f\u2009'’"


def currency(given: str) -> str:
    """The code of a currency of ISO 4217. Raises InvalidValue where there is none, or it is no money (gold, tests)."""
    code = given.strip().upper()
    if not _CURRENCY.fullmatch(code) or _decimals(code) is None:
        raise InvalidValue("This must be a currency of ISO 4217, as GBP.")
    return code


def amount(given: str, code: str) -> str:
    """An amount as 49.00, with no more decimals than the currency ``code`` has. Raises InvalidValue."""
    value = given.strip()
    if not AMOUNT.fullmatch(value):
        raise InvalidValue("This must be an amount, as 49.00.")
    most = _decimals(code) or 0
    if len(value.partition(".")[2]) > most:
        raise InvalidValue(f"An amount in {code} has {most or 'no'} decimals.")
    return value


def plain(given: str, decimals: Decimals) -> str:
    """An amount as people write it, with a decimal ``point`` or ``comma``, as 1234.50. The sign that is not the decimal
    one may stand between thousands, but only where decimals follow: 1.234 alone could be meant either way. Raises
    InvalidValue."""
    sign, thousands = (".", ",") if decimals == "point" else (",", ".")
    value = given.strip()
    whole, there, part = value.partition(sign)
    if there and not re.fullmatch("[0-9]+", part):
        raise _not(sign)
    between = next((one for one in (thousands, *_SPACES) if one in whole), None)
    if between == thousands and not there:
        raise _not(sign)
    if between:
        if not re.fullmatch(rf"-?[0-9]{{1,3}}({re.escape(between)}[0-9]{{3}})+", whole):
            raise _not(sign)
        whole = whole.replace(between, "")
    if not re.fullmatch("-?[0-9]+", whole):
        raise _not(sign)
    return f"{whole}.{part}" if there else whole


def _not(sign: str) -> InvalidValue:
    return InvalidValue(f"This must be an amount with a decimal {'point' if sign == '.' else 'comma'}, as 49{sign}00.")


def _decimals(code: str) -> int | None:
    try:
        exponent: int | None = Currency(code).exponent
    except ValueError:
        return None
    return exponent
