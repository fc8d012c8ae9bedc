"""What SES found of a mail that it received: spam, a virus, and whether its sender is who it says (SPF, DKIM, DMARC).

SES puts its header fields on top of the mail it stores. A sender can write fields of the same names, but only below:
therefore the first field of each name counts, and no other."""

import re
from dataclasses import dataclass

AUTHENTICATION = "authentication-results"

# The name under which SES signs Authentication-Results (RFC 8601, 2.2). One of another server is the sender's own.
_SES = re.compile(r"\s*amazonses\.com\b\s*;?", re.IGNORECASE)
_METHOD = re.compile(r"(?:^|;)\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
# An error of a moment (temperror) says nothing about the sender.
_FAILED = frozenset(("fail", "softfail", "permerror", "policy"))

_VIRUS = "SES found a virus in the mail: its text is kept, its files are not."
_UNPROVEN = "It is not proven that the mail comes from the address in its From field: {} failed."


@dataclass(frozen=True)
class Verdicts:
    """What SES found; all False where it said nothing."""

    spam: bool = False
    virus: bool = False
    spf_failed: bool = False
    dkim_failed: bool = False
    dmarc_failed: bool = False

    def problems(self) -> list[str]:
        """What staff are told, in sentences."""
        failed = (("SPF", self.spf_failed), ("DKIM", self.dkim_failed), ("DMARC", self.dmarc_failed))
        names = ", ".join(name for name, yes in failed if yes)
        return [_VIRUS] * self.virus + ([_UNPROVEN.format(names)] if names else [])


def verdicts_of(spam: str, virus: str, authentication: str) -> Verdicts:
    """The verdicts in the first header field of each name; empty where there is none."""
    found = authenticated(authentication)

    def failed(method: str) -> bool:
        # Several DKIM signatures: one that passes is enough (RFC 6376, 6.1).
        results = found.get(method, set())
        return bool(results & _FAILED) and "pass" not in results

    return Verdicts(
        spam=_says_fail(spam),
        virus=_says_fail(virus),
        spf_failed=failed("spf"),
        dkim_failed=failed("dkim"),
        dmarc_failed=failed("dmarc"),
    )


def authenticated(field: str) -> dict[str, set[str]]:
    """The results by method, in lower case, of an Authentication-Results that SES wrote; none for one of others."""
    plain = _COMMENT.sub(" ", field)
    if not (ours := _SES.match(plain)):
        return {}
    results: dict[str, set[str]] = {}
    for found in _METHOD.finditer(";" + plain[ours.end() :]):
        results.setdefault(found[1].lower(), set()).add(found[2].lower())
    return results


def _says_fail(verdict: str) -> bool:
    return verdict.strip().upper() == "FAIL"
