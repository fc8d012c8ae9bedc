"""How many different ones there were, without keeping any of them: a HyperLogLog sketch (Flajolet and others, 2007).

4,096 registers, each the longest run of leading zeros (plus one) among the numbers that fell to it. Few are counted
almost exactly (linear counting), many within about 2 per cent.
"""

import math
from collections.abc import Iterable

REGISTERS = 4096
# Registers of one stored item: small enough to be rewritten for one write unit.
IN_A_SHARD = 32
_REST_BITS = 52
_ALPHA = 0.7213 / (1 + 1.079 / REGISTERS)


def register(digest: bytes) -> tuple[int, int]:
    """(which register, what it must be at least) of one visitor's ``digest``, at least 8 uniform bytes."""
    number = int.from_bytes(digest[:8], "big")
    rest = number & ((1 << _REST_BITS) - 1)
    return number >> _REST_BITS, _REST_BITS - rest.bit_length() + 1


def estimate(registers: Iterable[int]) -> int:
    """How many different ones, from the registers that are not zero."""
    known = list(registers)
    zeros = REGISTERS - len(known)
    raw = _ALPHA * REGISTERS**2 / (zeros + sum(2.0**-value for value in known))
    if raw <= 2.5 * REGISTERS and zeros:
        raw = REGISTERS * math.log(REGISTERS / zeros)
    return round(raw)
