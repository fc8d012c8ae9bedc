"""A copy of the transcript on demand: at most three a day, to the chat's own address only (N6, N7)."""

from datetime import datetime, timedelta

from imchat.chat import due
from imchat.chat.reading import load
from imchat.clock import milliseconds
from imchat.errors import Conflict, TooMany
from imchat.live import telling
from imchat.queue import send_transcript_job
from imchat.stores.base import Stale
from imchat.stores.chats import CLOSED, OPEN, Chat

COPIES_A_DAY = 3


def request_copy(chat_id: str, site_id: str, now: datetime) -> Chat:
    """Queue a copy of the transcript. A copy that is already on its way is not asked for twice. Raises NotFound,
    Conflict without an address or before an operator wrote, TooMany over the cap."""
    while True:
        chat = load(chat_id, site_id, now)
        if not chat.email:
            raise Conflict("no_address", "There is no email address to send a copy to. Please add yours first.")
        if not chat.operator_messages:  # it would make us a relay to anybody's address (docs/decisions/0045)
            raise Conflict(
                "no_operator_yet", "A copy can be sent once an operator has written in this chat. Please download it."
            )
        if chat.transcript == "queued":
            send_transcript_job(chat.pk, int(chat.transcript_job))
            return chat
        today = now.date().isoformat()
        copies = int(chat.copies or 0) if chat.copies_day == today else 0
        if copies >= COPIES_A_DAY:
            midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            raise TooMany(
                "too_many_copies",
                f"A copy can be sent {COPIES_A_DAY} times a day. Please try again tomorrow.",
                round((midnight - now).total_seconds()),
            )
        try:
            chat = chat.change(
                [
                    Chat.transcript.set("queued"),
                    Chat.transcript_job.set(int(chat.transcript_job) + 1),
                    Chat.transcript_at.set(milliseconds(now)),
                    Chat.transcript_lease.remove(),
                    Chat.copies_day.set(today),
                    Chat.copies.set(copies + 1),
                    Chat.due_at.set(min(due.when_queued(milliseconds(now)), int(chat.due_at))),
                ],
                (Chat.transcript_job == int(chat.transcript_job))
                & (Chat.transcript == chat.transcript)
                & Chat.status.is_in(OPEN, CLOSED),
            )
        except Stale:
            continue
        send_transcript_job(chat.pk, int(chat.transcript_job))
        telling.transcript(chat)
        return chat
