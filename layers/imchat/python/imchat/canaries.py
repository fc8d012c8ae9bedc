"""Canary people: an engineer plays with them what the notice promises, on the running stage (operations/prove). They
have a website and a desk of their own, and read their mail at an address that the stage itself takes in."""

import re

from imchat.identifiers import email_key
from imchat.register.controller import CONTACT
from imchat.values import InvalidValue

SITE_ID = "canary-site"
# At the domain of the address that the notice names: SES takes in mail for that one in any case.
ADDRESS = f"canary@{CONTACT.partition('@')[2]}"
# Where the receipt rule puts their mail, in the inbound bucket. It is nobody's correspondence.
PREFIX = "canary/"
_LABELLED = re.compile(re.escape(ADDRESS).replace("@", r"\+[0-9a-z]+@"))


def address(label: str) -> str:
    """The address of one of them: SES takes in mail for every label of an address."""
    return ADDRESS.replace("@", f"+{label}@")


def is_canary(email: str | None) -> bool:
    """Whether an address is one of theirs, however it is spelled."""
    try:
        return bool(email and _LABELLED.fullmatch(email_key(email)))
    except InvalidValue:
        return False
