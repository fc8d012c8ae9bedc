"""A mailbox for developers: every mail that was sent here, as a mail program shows it. The page is in mailbox_page/."""

import json
import re
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra import edge
from infra.local.shown import Shown, shown

_PAGE = Path(__file__).resolve().parent / "mailbox_page"
_FILES = {"/mailbox": "index.html", "/mailbox/mailbox.css": "mailbox.css", "/mailbox/mailbox.js": "mailbox.js"}
_MAIL = re.compile(r"/mailbox/mails/([\w-]+)/(html|text)")
_OWN_POLICY = edge.KINDS["page"]["Content-Security-Policy"] + "; frame-src 'self'"
# A mail has its styles in it, and whatever a stranger wrote: nothing in it runs, and nothing is fetched for it. Its
# links open beside the mailbox, as pages of their own.
_MAILS_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_PREVIEW = 120


def sent_mail(emulator_url: str) -> list[dict[str, Any]]:
    """All mail that was sent here, as the emulator keeps it, oldest first."""
    with urllib.request.urlopen(f"{emulator_url}/_ministack/ses/messages", timeout=10) as answer:
        messages: list[dict[str, Any]] = [one for account in json.load(answer)["messages"].values() for one in account]
    return sorted(messages, key=lambda one: float(one["Timestamp"]))


def answer(path: str, emulator_url: str) -> Shown | None:
    """What is at ``path``; None where there is nothing of the mailbox."""
    if name := _FILES.get(path):
        return shown(edge.content_type(name), (_PAGE / name).read_bytes(), policy=_OWN_POLICY)
    asked = _MAIL.fullmatch(path)
    if not asked and path != "/mailbox/mails":
        return None
    try:
        mails = sent_mail(emulator_url)
    except (urllib.error.URLError, OSError):
        return shown("text/plain; charset=utf-8", b"The emulator does not answer.", status=502)
    if not asked:
        listed = [_listed(mail) for mail in reversed(mails)]
        return shown("application/json", json.dumps(listed).encode())
    for mail in mails:
        if _id(mail) == asked[1]:
            if asked[2] == "text":
                return shown("text/plain; charset=utf-8", str(mail.get("BodyText") or "").encode())
            page = _opening_links_beside(str(mail.get("BodyHtml") or ""))
            return shown("text/html; charset=utf-8", page.encode(), policy=_MAILS_POLICY)
    return None


def _id(mail: dict[str, Any]) -> str:
    return str(mail["MessageId"]).partition("@")[0]


def _listed(mail: dict[str, Any]) -> dict[str, Any]:
    text = " ".join(str(mail.get("BodyText") or "").split())
    return {
        "id": _id(mail),
        "from": mail["Source"],
        "to": ", ".join(mail["To"]),
        "subject": mail["Subject"],
        "at": datetime.fromtimestamp(float(mail["Timestamp"]), UTC).isoformat(),
        "preview": text[:_PREVIEW],
        "has_html": bool(mail.get("BodyHtml")),
    }


def _opening_links_beside(page: str) -> str:
    """The mail with its links opening in a tab: in its frame, they would lead to pages that refuse to be framed."""
    target = '<base target="_blank">'
    with_target, found = re.subn(r"<head\b[^>]*>", lambda head: head[0] + target, page, count=1, flags=re.IGNORECASE)
    return with_target if found else target + page
