"""Addresses as they may stand in a header and be handed to SES."""

import re

from imchat.mail.errors import PermanentMailError

# RFC 5321, 4.5.3.1, and the dot-atom of RFC 5322, 3.2.3. No quoted local parts: hardly a mailbox has one.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_LOCAL_LENGTH, _DOMAIN_LENGTH = 64, 253


def deliverable(address: str) -> str:
    """``address`` in ASCII: an internationalised domain in the form it has in the DNS. Raises PermanentMailError for a
    local part beyond ASCII, which SES does not send to (it has no SMTPUTF8), and for what is no address."""
    local, _, domain = address.strip(" ").rpartition("@")
    if not local.isascii():
        raise PermanentMailError("address_not_ascii")
    domain = _in_ascii(domain)
    if not (
        len(local) <= _LOCAL_LENGTH
        and len(domain) <= _DOMAIN_LENGTH
        and _LOCAL.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
    ):
        raise PermanentMailError("address_malformed")
    return f"{local}@{domain}"


def _in_ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise PermanentMailError("address_malformed") from None
