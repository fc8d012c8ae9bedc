"""Sending a transcript, once for each job; and what SES says about it afterwards.

queued -> (lease) -> sent | failed | bounced | no_address | no_operator.
The lease lets one of two deliveries of the same job work.
Mail can be doubled only where SES took it and its answer, or every try to note it down, was lost.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from imchat import aws, clock
from imchat.chat import due
from imchat.clock import milliseconds, moment
from imchat.live import telling
from imchat.settings import settings
from imchat.stores import accounts, evidence, limits
from imchat.stores.base import Cancelled, Stale, insist, put, transact, update
from imchat.stores.chats import META, Chat, all_messages

if TYPE_CHECKING:
    from imchat.mail.transcript import Transcript

# Longer than the mailer may run.
_LEASE = timedelta(seconds=60)


class NotNow(Exception):
    """The job must come again. ``reason`` is a word without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send(chat_id: str, job: int, now: datetime, *, last: bool) -> str:
    """Do one job; what became of it: sent, failed, bounced, no_address, no_operator, gone (the chat is), done (before);
    capped, where the address has had as many mails today as go to one: the chat shows that as failed.

    ``last`` says that the queue will not bring the job again: then the chat shows that it failed. Raises NotNow.
    """
    chat = Chat.load(chat_id, META, now=now)
    if chat is None:
        return "gone"
    if chat.transcript_job != job or chat.transcript not in ("queued", "failed"):
        return "done"
    whose = evidence.hashes_of(chat)  # after the mail has gone, nothing may fail that is not tried hard
    lease = milliseconds(now + _LEASE)
    try:
        chat = chat.change(
            [Chat.transcript.set("queued"), Chat.transcript_lease.set(lease)],
            (Chat.transcript_job == job)
            & Chat.transcript.is_in("queued", "failed")
            & (Chat.transcript_lease.does_not_exist() | (Chat.transcript_lease < milliseconds(now))),
        )
    except Stale as stale:
        if stale.item is None:
            return "gone"
        raise NotNow("leased") from None
    if not chat.visible(now):
        return "gone"
    try:
        outcome = _send(chat, job)
    except Exception:  # whatever it was: the lease is given back, and after the last try the chat shows it
        _note(chat, "failed" if last else "queued", job, lease, whose, now=now)
        _tell(chat_id, now)
        raise
    _note(chat, "failed" if outcome == "capped" else outcome, job, lease, whose, now=now)
    _tell(chat_id, now)
    return outcome


def _tell(chat_id: str, now: datetime) -> None:
    """Where the copy is now, to whoever listens now: sending took its time."""
    try:
        chat = Chat.load(chat_id, META, now=now)
    except aws.AWS_ERRORS:  # the job is done all the same
        return
    if chat:
        telling.transcript(chat)


def _send(chat: Chat, job: int) -> str:
    from imchat.mail import message, ses, transcript
    from imchat.mail.address import searched
    from imchat.mail.errors import PermanentMailError, TemporaryMailError

    if not chat.email:
        return "no_address"
    try:
        searched(chat.email, chat.email_key)
    except PermanentMailError:
        return "failed"
    if not chat.operator_messages:
        return "no_operator"
    address = limits.address_hash(chat.email_key)
    if limits.suppressed("transcript", address, clock.now()):
        return "bounced"
    mails = limits.mails_today("transcript", address, f"{chat.pk} {job}", clock.now())
    if mails is None or (mails == 1 and not limits.may_mail_first(chat.site_id, address, clock.now())):
        return "capped"
    rendered = transcript.render(_transcript(chat))
    try:
        raw = message.build(
            sender=settings().mail_from,
            recipient=chat.email,
            recipient_name=chat.name,
            rendered=rendered,
            chat_id=chat.pk,
            job=job,
            now=clock.now(),
        )
        ses.send(raw, recipient=chat.email, chat_id=chat.pk, job=job)
    except TemporaryMailError as error:
        raise NotNow(error.reason) from None
    except PermanentMailError:
        return "failed"
    return "sent"


def _transcript(chat: Chat) -> "Transcript":
    from imchat.mail.transcript import Transcript, TranscriptLine

    site = accounts.site(chat.site_id)
    lines = [
        TranscriptLine(
            by=said.by,
            name=(chat.name or "") if said.by == "visitor" else chat.operator_name(said.operator) or "",
            text=said.text,
            at=moment(said.at),
        )
        for _, said in all_messages(chat)
        if said.by != "note"
    ]
    return Transcript(
        site_name=site.name if site else chat.site_id,
        chat_id=chat.pk,
        visitor_name=chat.name,
        opened_at=moment(int(chat.opened_at)),
        closed_at=moment(int(chat.closed_at)) if chat.closed_at else None,
        language=chat.language,
        timezone=chat.timezone,
        lines=lines,
        notice_url=f"{settings().web_url}/notice?site={chat.site_id}",
        site_policy_url=site.policy_url if site else None,
        kept_until=moment(int(chat.expires_at) * 1000),
    )


def _note(chat: Chat, state: str, job: int, lease: int, whose: dict[str, Any], *, now: datetime) -> None:
    """Write down what became of a job, and give the lease back. Tried hard: a sent mail that is not noted would be
    sent again."""
    settled = state != "queued"
    actions = [
        Chat.transcript.set(state),
        Chat.transcript_at.set(milliseconds(now)),
        Chat.transcript_lease.remove(),
        Chat.due_at.set(due.when_settled(chat) if settled else due.when_queued(milliseconds(now))),
    ]
    # Feedback may have been faster than this note, and knows better.
    mine = (Chat.transcript_job == job) & (Chat.transcript_lease == lease) & (Chat.transcript == "queued")
    parts = [update(chat, actions, mine)]
    if settled:
        parts.append(put(evidence.entry(chat, f"transcript_{state}", "system", now, own=True, **whose)))
    try:
        insist(*parts)
    except Cancelled:  # deleted or bounced meanwhile
        pass


def take_feedback(kind: str, chat_id: str | None, job: int | None, addresses: Iterable[str], now: datetime) -> None:
    """Take in that SES said "bounced" or "complained" (``kind``) of a mail. No more mail goes to these ``addresses``
    (keyed hashes) after a bounce, and no transcript after a complaint. Where it was a copy of a chat, the chat shows
    it. Twice the same is once."""
    for address in addresses:
        limits.suppress(address, kind, now)
    chat = Chat.load(chat_id, META, now=now) if chat_id else None
    if chat:
        try:
            transact(
                update(
                    chat,
                    [Chat.transcript.set("bounced"), Chat.transcript_at.set(milliseconds(now))],
                    (Chat.transcript_job == job) & (Chat.transcript != "bounced"),
                ),
                put(evidence.entry(chat, f"transcript_{kind}", "system", now)),
            )
        except Cancelled:  # told before, deleted, or another copy has been asked for since
            return
        _tell(chat.pk, now)
