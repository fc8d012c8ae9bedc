"""Opening a chat: one read of the site, one transaction."""

import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from imchat import browser, references, text, tokens
from imchat.chat import due
from imchat.clock import milliseconds, moment
from imchat.errors import Forbidden, InvalidInput, NotFound, TooMany
from imchat.fields import checked
from imchat.hashes import keyed
from imchat.live import telling
from imchat.networks import network
from imchat.people import Details
from imchat.stores import accounts, evidence, ledger, limits
from imchat.stores.base import Cancelled, due_shard, put, transact
from imchat.stores.chats import OPEN, VOUCHED, Chat, assignment_key, inbox_key
from imchat.stores.messages import Message

_WINDOW_SECONDS = 60
# The edge says two letters; a caller who says it themselves may say anything.
_COUNTRY = re.compile(r"[A-Z]{2}")
_REPEAT_WITHIN = timedelta(minutes=10)
_REPEATABLE_ID = 20


@dataclass(frozen=True)
class Opening:
    """What a visitor sends to open a chat, and what came with the request (``ip`` to ``user_agent``)."""

    site_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    text: str | None = None
    client_id: str | None = None
    locale: str | None = None
    page_url: str | None = None
    timezone: str | None = None
    identity: str | None = None
    origin: str | None = None
    ip: str | None = None
    country: str | None = None
    user_agent: str | None = None


def known_site(site_id: str, origin: str | None) -> accounts.Site:
    """The site, if ``origin`` (the browser's, None outside one) is exactly one of its own. Raises NotFound,
    Forbidden."""
    site = accounts.site(site_id)
    if site is None:
        raise NotFound("site")
    if origin is not None and origin not in list(site.origins):
        raise Forbidden("origin_not_allowed", "This website may not use this chat. Its owner can allow it.")
    return site


def open_chat(opening: Opening, now: datetime) -> Chat:
    """Open a chat and record it. Raises InvalidInput, NotFound, Forbidden, TooMany; then nothing is written.

    The same opening again within ten minutes (a long ``client_id``, and every field of Opening the same: an answer that
    got lost) finds the chat that the first one made, as long as it is open. Once that chat is deleted, the same opening
    is refused as one whose ``client_id`` was used: a deleted chat does not come back under its id.
    """
    client_id = checked("client_id", text.client_id, opening.client_id) if opening.client_id is not None else None
    first = checked("text", text.message, opening.text) if opening.text is not None else None
    locale = checked("locale", text.locale, opening.locale) if opening.locale else None
    timezone = checked("timezone", text.timezone, opening.timezone) if opening.timezone else None
    page_url = checked("page_url", text.page_url, opening.page_url) if opening.page_url else None
    site = known_site(opening.site_id, opening.origin)
    given = (opening.name, opening.email, opening.phone)
    vouched: set[str] = set()
    if opening.identity is not None:
        who = tokens.verify_identity(opening.identity, site.site_id, site.identity_nonce, now)
        if any(
            said and known and said != known
            for said, known in zip(given, (who.name, who.email, who.phone), strict=True)
        ):
            raise InvalidInput("identity_differs", "The details differ from what the site says.", "identity")
        given = (who.name or opening.name, who.email or opening.email, who.phone or opening.phone)
        vouched = {field for field in VOUCHED if getattr(who, field)}
    details = Details.of(*given, site.region)

    key = tokens.signing_key()
    at = milliseconds(now)
    expires_at = site.expires_at(now)
    chat_id = _chat_id(opening, client_id, key)
    messages = [Message(id=f"v:{client_id or secrets.token_hex(8)}", by="visitor", text=first, at=at)] if first else []
    chat = Chat(
        chat_id,
        site_id=site.site_id,
        status=OPEN,
        opened_at=at,
        last_at=at,
        expires_at=expires_at,
        vouched={field for field in vouched if getattr(details, field)} or None,
        ip=opening.ip,
        country=opening.country if opening.country and _COUNTRY.fullmatch(opening.country) else None,
        browser=browser.family(opening.user_agent),
        language=locale or site.language,
        timezone=timezone,
        page_url=page_url,
        inbox=inbox_key(site.site_id, OPEN),
        assignment=assignment_key(site.site_id, OPEN, None),
        messages=messages,
        bytes=sum(message.size for message in messages),
        seen={message.id for message in messages} or None,
        visitor_messages=len(messages),
        due_shard=due_shard(chat_id),
        listeners=site.listeners,
        **vars(details),
    )
    chat.due_at = due.when_settled(chat)
    # A random id cannot be one that was deleted.
    new = (ledger.unless_erased(Chat.TABLE, chat_id),) if _repeatable(client_id) else ()
    whose = keyed(key, f"{site.site_id} {network(opening.ip)}")
    try:
        transact(
            *new,
            put(chat, Chat.pk.does_not_exist()),
            put(evidence.entry(chat, "open", "visitor", now)),
            limits.count_within("open", whose, now=now, seconds=_WINDOW_SECONDS, most=int(site.opens_per_minute)),
        )
    except Cancelled as cancelled:
        if new and cancelled.failed[0]:
            raise _used() from None
        if cancelled.failed[len(new)]:
            return _opened_before(Chat.from_raw_data(cancelled.failed[len(new)]), now)
        raise TooMany(
            "too_many_chats",
            "Too many chats were opened from this address. Please wait a little.",
            limits.seconds_left(now, _WINDOW_SECONDS),
        ) from None
    telling.opened(chat)
    return chat


def _repeatable(client_id: str | None) -> bool:
    return bool(client_id) and len(client_id or "") >= _REPEATABLE_ID


def _chat_id(opening: Opening, client_id: str | None, key: str) -> str:
    """128 bits, in base32. Random; but from a client id too long to be guessed, the same for the same opening in every
    field, so that a repeated call finds its chat. Only who sent the same from the same address can meet it."""
    if _repeatable(client_id):
        same = json.dumps(asdict(opening), sort_keys=True)
        bits = hmac.new(key.encode(), same.encode("utf-8", "replace"), sha256).digest()[:16]
    else:
        bits = secrets.token_bytes(16)
    return references.spelled(bits)


def _opened_before(chat: Chat, now: datetime) -> Chat:
    if chat.status != OPEN or not chat.visible(now) or now - moment(int(chat.opened_at)) > _REPEAT_WITHIN:
        raise _used()
    return chat


def _used() -> InvalidInput:
    return InvalidInput("client_id_used", "This client_id was used before. Please use a new one.", "client_id")
