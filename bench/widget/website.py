"""A website of somebody who has the widget: a plain page with the snippet, one without, and scripts as large as the
widget's that build one button, as the floor."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_DRIVER = Path(__file__).with_name("driver.js")
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Corner Shop</title>
<link rel="icon" href="data:,">
<style>body {{ max-width: 40em; margin: 2em auto; font: 1em/1.6 sans-serif }}</style>
{head}
</head>
<body>
<h1>Good things for the kitchen table</h1>
{text}
</body>
</html>
"""
_TEXT = "<p>Six of them, to be exact. If you cannot choose, ask us: we have used every one.</p>\n" * 40
_BUTTON = """(() => {{
  const button = document.createElement("button");
  button.textContent = "Chat";
  button.style.cssText = "position: fixed; right: 20px; bottom: 20px";
  document.documentElement.append(button);
  function unused(number) {{
    {filling}
  }}
}})();
"""
_LINE = "number = number + 1;\n"


def floor_script(size: int) -> str:
    """A script of ``size`` bytes, or less than a line more, that builds one button."""
    lines = (size - len(_BUTTON)) // len(_LINE)
    return _BUTTON.format(filling=_LINE * lines)


@dataclass(frozen=True)
class Website:
    """Where its pages are."""

    url: str
    snippet: str

    @property
    def page(self) -> str:
        """The page with the snippet."""
        return f"{self.url}/"

    @property
    def plain(self) -> str:
        """The same without it, which acts as bench/widget/driver.js says when told to."""
        return f"{self.url}/plain"

    def floor(self, size: int) -> str:
        """The floor's script of ``size`` bytes."""
        return f"/floor.js?size={size}"


@contextmanager
def website(snippet: str, port: int) -> Iterator[Website]:
    """The website on ``port``, by a name that is not the chat's, while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/floor.js":
                self._answer("text/javascript", floor_script(int(parse_qs(asked.query)["size"][0])))
            elif asked.path == "/driver.js":
                self._answer("text/javascript", _DRIVER.read_text())
            else:
                plain = asked.path == "/plain"
                head = '<script src="/driver.js" defer></script>' if plain else snippet
                self._answer("text/html", _PAGE.format(head=head, text=_TEXT))

        def _answer(self, kind: str, content: str) -> None:
            body = content.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Website(f"http://localhost:{port}", snippet)
    finally:
        server.shutdown()
        server.server_close()
