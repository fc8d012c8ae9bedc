"""A mailbox for developers: every mail that was sent here, as a mail program shows it."""

import html
import json
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shown:
    """An answer: its content, and its headers beside those of every answer."""

    content: bytes
    headers: dict[str, str]


def sent_mail(emulator_url: str) -> list[dict[str, Any]]:
    """All mail that was sent here, as the emulator keeps it, oldest first."""
    with urllib.request.urlopen(f"{emulator_url}/_ministack/ses/messages", timeout=10) as answer:
        messages: list[dict[str, Any]] = [one for account in json.load(answer)["messages"].values() for one in account]
    return sorted(messages, key=lambda one: float(one["Timestamp"]))


def answer(path: str, emulator_url: str) -> Shown | None:
    """What is at ``path``; None where that is not the mailbox's."""
    if path != "/mailbox":
        return None
    return Shown(mailbox(emulator_url).encode(), {"Content-Type": "text/html; charset=utf-8"})


def mailbox(emulator_url: str) -> str:
    """A page with all mail that was sent here, newest first."""
    shown = []
    for mail in reversed(sent_mail(emulator_url)):
        facts = {"To": ", ".join(mail["To"]), "From": mail["Source"], "Subject": mail["Subject"]}
        head = "".join(f"<dt>{name}<dd dir=auto>{html.escape(str(fact))}" for name, fact in facts.items())
        text = f"<pre dir=auto>{html.escape(mail['BodyText'])}</pre>"
        # Sandboxed without a single right: nothing that stands in a mail runs here.
        page = mail.get("BodyHtml") and (
            f'<details><summary>As a mail program shows it</summary><iframe sandbox loading=lazy title="The mail" '
            f'srcdoc="{html.escape(mail["BodyHtml"])}"></iframe></details>'
        )
        shown.append(f"<article><dl>{head}</dl>{text}{page or ''}</article>")
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Mailbox</title><style>:root{color-scheme:light dark}"
        "body{font:1rem/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}"
        "article{border:1px solid #8886;border-radius:.5rem;padding:1rem;margin:1rem 0}"
        "dl{display:grid;grid-template-columns:5rem 1fr;margin:0}dd{margin:0}pre{white-space:pre-wrap}"
        "summary{cursor:pointer}iframe{width:100%;height:40rem;border:1px solid #8886;background:#fff}</style>"
        f"<h1>Mailbox</h1><p>{len(shown)} sent. Reload to see more.</p>{''.join(shown)}"
    )
