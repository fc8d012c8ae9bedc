"""Every check, in the order in which the page shows them."""

from imchat.prover.finding import Check

CHECKS: tuple[Check, ...] = ()
