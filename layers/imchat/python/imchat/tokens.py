"""What a visitor holds: a signed token for one chat. And what a site may sign: who its logged-in customer is.

Both are JSON Web Tokens under HMAC-SHA256. Ours name their key (``kid``), so that a new key can take over while tokens
of the old one live on; the algorithm is fixed here and never taken from the token.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from imchat import aws
from imchat.errors import InvalidInput, Unauthorised
from imchat.hashes import keyed
from imchat.settings import settings

_ALGORITHM = "HS256"
_ISSUER = "imchat"
_TICKET_ISSUER = "imchat/socket"
LIFETIME = timedelta(days=7)
TICKET_LIFETIME = timedelta(seconds=60)
IDENTITY_LIFETIME = timedelta(days=1)
# Tokens whose signature this process has checked; some hundred bytes each.
_REMEMBERED = 1024
_AGAIN = {_ISSUER: "Please start a new chat.", _TICKET_ISSUER: "Please ask for another."}


@dataclass(frozen=True)
class Claims:
    """What a token says: one chat, its site, and the origin that opened it (None outside a browser)."""

    chat_id: str
    site_id: str
    origin: str | None


@dataclass(frozen=True)
class Ticket:
    """What a ticket to a connection says: one operator of one site."""

    operator_id: str
    site_id: str


@dataclass(frozen=True)
class Identity:
    """Who a site says its customer is."""

    name: str | None
    email: str | None
    phone: str | None


def _stored(*, fresh: bool = False) -> str:
    return aws.secret(settings().token_secret_id, fresh=fresh)


def _keys(stored: str) -> tuple[str, dict[str, str]]:
    """(id of the key that signs, all keys by id)."""
    keys: dict[str, str] = json.loads(stored)
    current = keys.pop("current")
    return current, keys


def signing_key() -> str:
    """The key that signs now; also keys the hashes that live for minutes."""
    current, keys = _keys(_stored())
    return keys[current]


def issue(chat_id: str, site_id: str, origin: str | None, *, now: datetime, expires_at: int) -> str:
    """A token for one chat: seven days, and never longer than the chat is kept (``expires_at``, epoch seconds)."""
    claims: dict[str, Any] = {
        "iss": _ISSUER,
        "sub": chat_id,
        "aud": site_id,
        "iat": int(now.timestamp()),
        "exp": min(int((now + LIFETIME).timestamp()), expires_at),
    }
    if origin:
        claims["org"] = origin
    return _signed(claims)


def issue_ticket(operator_id: str, site_id: str, now: datetime) -> str:
    """A ticket with which an operator's page opens a connection within a minute."""
    claims = {"iss": _TICKET_ISSUER, "sub": operator_id, "aud": site_id, "iat": int(now.timestamp())}
    return _signed(claims | {"exp": int((now + TICKET_LIFETIME).timestamp())})


def verify(token: str, now: datetime) -> Claims:
    """What ``token`` says. Raises Unauthorised: ``token_expired`` for one that was ours, ``token_invalid`` for any
    other."""
    claims = _verified(token, _ISSUER, now)
    return Claims(claims["sub"], claims["aud"], claims.get("org"))


def verify_ticket(ticket: str, now: datetime) -> Ticket:
    """What ``ticket`` says. Raises Unauthorised as ``verify``."""
    claims = _verified(ticket, _TICKET_ISSUER, now)
    return Ticket(claims["sub"], claims["aud"])


def _signed(claims: dict[str, Any]) -> str:
    import jwt

    current, keys = _keys(_stored())
    return jwt.encode(claims, keys[current], _ALGORITHM, headers={"kid": current})


def _verified(token: str, issuer: str, now: datetime) -> Mapping[str, Any]:
    try:
        try:
            claims = _signed_by_us(token, issuer, _stored())
        except LookupError:
            claims = _signed_by_us(token, issuer, _stored(fresh=True))
    except (LookupError, ValueError):
        raise Unauthorised("token_invalid", f"The token is not one of ours. {_AGAIN[issuer]}") from None
    if claims["exp"] <= now.timestamp():
        raise Unauthorised("token_expired", f"The token has expired. {_AGAIN[issuer]}")
    return claims


@lru_cache(maxsize=_REMEMBERED)
def _signed_by_us(token: str, issuer: str, stored: str) -> Mapping[str, Any]:
    """What a token says, whenever it ends. Raises LookupError where none of the ``stored`` keys has its id, ValueError
    where it does not hold. What holds is remembered, for a page that polls shows the same one again and again: as long
    as the keys are the same, so is the answer."""
    import jwt

    try:
        key = _keys(stored)[1].get(str(jwt.get_unverified_header(token).get("kid")))
        if not key:
            raise LookupError
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            issuer=issuer,
            options={"require": ["exp", "sub", "aud"], "verify_aud": False, "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise ValueError from error
    return MappingProxyType(claims)


def identity_secret(site_id: str, nonce: str) -> str:
    """The secret with which a site says who its customer is. It is made from ours and stands in no table: only who may
    read ours knows it. Another ``nonce`` of the site makes another."""
    return keyed(aws.secret(settings().identity_secret_id), f"{site_id}\0{nonce}")


def verify_identity(token: str, site_id: str, nonce: str, now: datetime) -> Identity:
    """Who the site ``site_id`` says its customer is: a token signed with its identity secret, whose ``aud`` is the
    site, ``sub`` the customer, and which expires within a day. Raises InvalidInput."""
    import jwt

    try:
        claims = jwt.decode(
            token,
            identity_secret(site_id, nonce),
            algorithms=[_ALGORITHM],
            audience=site_id,
            options={"require": ["exp", "aud"], "verify_exp": False, "verify_iat": False},
        )
        expires_in = claims["exp"] - now.timestamp()
        if not 0 < expires_in <= IDENTITY_LIFETIME.total_seconds():
            raise jwt.InvalidTokenError
        given = [claims.get(field) for field in ("name", "email", "phone")]
        if not all(value is None or isinstance(value, str) for value in given):
            raise jwt.InvalidTokenError
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise InvalidInput(
            "identity_invalid", "The site's statement about who is signed in does not hold.", "identity"
        ) from None
    return Identity(*given)
