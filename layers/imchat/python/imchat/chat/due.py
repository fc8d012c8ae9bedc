"""When the sweep must look at a chat next (epoch seconds). Kept in the due index, so that nothing escapes it."""

from datetime import datetime, timedelta

from imchat.clock import moment
from imchat.stores.chats import OPEN, Chat, end_of_next_day

# An open chat is closed and counted a day before its end (or halfway, if it is kept for less than two days), because
# DynamoDB's own expiry may remove it before the sweep comes, and what is gone can no longer be counted (N20).
_COUNT_AHEAD = timedelta(days=1)
_TRANSCRIPT_PATIENCE = timedelta(minutes=15)


def when_open(opened_at_ms: int, expires_at: int) -> int:
    """For a chat that is open: in time to count it before it expires."""
    life = expires_at - opened_at_ms // 1000
    return expires_at - min(int(_COUNT_AHEAD.total_seconds()), life // 2)


def when_queued(queued_at_ms: int) -> int:
    """For a chat whose transcript is queued: when the job should long be done."""
    return queued_at_ms // 1000 + int(_TRANSCRIPT_PATIENCE.total_seconds())


def when_closed(chat: Chat, now: datetime) -> int:
    """For a chat that is closed at ``now``, with nothing left to do but lose its IP address, if it has one, and end."""
    ended = moment(int(chat.closed_at)) if chat.closed_at else now
    return _with_ip(chat, end_of_next_day(ended), int(chat.expires_at))


def when_settled(chat: Chat) -> int:
    """For a chat with nothing left to do but lose its IP address, if it has one, be counted, if it is open, and end."""
    end = int(chat.expires_at)
    counted = when_open(int(chat.opened_at), end) if chat.status == OPEN and not chat.counted else end
    return _with_ip(chat, chat.ip_ends, counted)


def _with_ip(chat: Chat, ends: datetime, otherwise: int) -> int:
    return min(otherwise, int(ends.timestamp())) if chat.ip else otherwise
