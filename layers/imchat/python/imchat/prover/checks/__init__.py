"""Every check, in the order in which the page shows them. What a promise rests on beside these is code, which the tests
of its release prove (docs/proof.md)."""

from imchat.prover.checks import buckets, pages, roles, running, secrecy, tables
from imchat.prover.finding import Check

CHECKS: tuple[Check, ...] = (
    *tables.CHECKS,
    *buckets.CHECKS,
    *roles.CHECKS,
    *secrecy.CHECKS,
    *running.CHECKS,
    *pages.CHECKS,
)
