"""Addresses as they may stand in a header and be handed to SES."""

import re

from imchat.identifiers import email_key, mailbox
from imchat.mail.errors import PermanentMailError
from imchat.values import InvalidValue

# RFC 5321, 4.5.3.1, and the dot-atom of RFC 5322, 3.2.3. No quoted local parts: hardly a mailbox has one.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_LOCAL_LENGTH, _DOMAIN_LENGTH = 64, 253


def deliverable(address: str) -> str:
    """``address`` in ASCII: the mailbox of ``identifiers.mailbox``, of which its search key is made too. Raises
    PermanentMailError for a local part beyond ASCII, which SES does not send to (it has no SMTPUTF8), and for what is
    no address."""
    try:
        local, domain = mailbox(address)
    except InvalidValue:
        raise PermanentMailError("address_malformed") from None
    if not local.isascii():
        raise PermanentMailError("address_not_ascii")
    if not (
        len(local) <= _LOCAL_LENGTH
        and len(domain) <= _DOMAIN_LENGTH
        and _LOCAL.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
    ):
        raise PermanentMailError("address_malformed")
    return f"{local}@{domain}"


def searched(address: str, key: str | None) -> str:
    """``address`` as it is handed to SES, if mail to it reaches the mailbox under whose ``key`` its data are searched;
    whoever reads a code there can prove no other address. Raises PermanentMailError ("address_not_searched")."""
    mailed = deliverable(address)
    if email_key(mailed) != key:
        raise PermanentMailError("address_not_searched")
    return mailed
