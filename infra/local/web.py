"""Serves what CloudFront would: the pages of web/, with the API's address filled in; and a mailbox for developers."""

import html
import json
import mimetypes
import threading
import urllib.error
import urllib.request
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent.parent.parent / "web"
_PASSED_ON = ("/notice",)
_FILLED = {".html", ".js"}


class _Pages(BaseHTTPRequestHandler):
    def __init__(self, *arguments: object, filled: dict[str, str], api_url: str, emulator_url: str) -> None:
        self._filled, self._api_url, self._emulator_url = filled, api_url, emulator_url
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in _PASSED_ON:
            self._pass_on(path)
        elif path == "/mailbox":
            self._answer(200, "text/html; charset=utf-8", mailbox(self._emulator_url).encode())
        else:
            self._file("index.html" if path == "/" else path.lstrip("/"))

    def _file(self, name: str) -> None:
        file = (WEB / name).resolve()
        if not file.is_relative_to(WEB) or not file.is_file():
            self._answer(404, "text/plain; charset=utf-8", b"There is nothing at this address.")
            return
        content = file.read_bytes()
        if file.suffix in _FILLED:
            for placeholder, value in self._filled.items():
                content = content.replace(placeholder.encode(), value.encode())
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._answer(200, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, content, shared=True)

    def _pass_on(self, path: str) -> None:
        try:
            with urllib.request.urlopen(self._api_url + path, timeout=30) as answer:
                self._answer(answer.status, answer.headers["Content-Type"], answer.read())
        except (urllib.error.URLError, OSError):
            self._answer(502, "text/plain; charset=utf-8", b"The API does not answer.")

    def _answer(self, status: int, kind: str, content: bytes, *, shared: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        if shared:  # the widget's modules, on pages of other hosts
            self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the terminal belongs to the links."""


def sent_mail(emulator_url: str) -> list[dict[str, Any]]:
    """All mail that was sent here, as the emulator keeps it, oldest first."""
    with urllib.request.urlopen(f"{emulator_url}/_ministack/ses/messages", timeout=10) as answer:
        messages: list[dict[str, Any]] = [one for account in json.load(answer)["messages"].values() for one in account]
    return sorted(messages, key=lambda one: float(one["Timestamp"]))


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


class WebServer:
    """The pages on 127.0.0.1, from a thread of this process."""

    def __init__(self, port: int, *, api_url: str, emulator_url: str, site_id: str) -> None:
        origin = "/".join(api_url.split("/")[:3])
        filled = {"__API_URL__": api_url, "__API_ORIGIN__": origin, "__SITE_ID__": site_id}
        handler = partial(_Pages, filled=filled, api_url=api_url, emulator_url=emulator_url)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
