"""Our own pages, as far as signing in goes: a cookie that scripts cannot read, and an authenticator app."""

import re
from dataclasses import dataclass
from typing import Any

from operations.prove.totp import code_of
from tests.flow.client import Answer, Api

COOKIE = "imchat_refresh"


@dataclass
class Page:
    """One browser on our pages; it keeps the one cookie there is."""

    stack: dict[str, Any]
    cookie: str | None = None

    def __call__(self, method: str, path: str = "", body: Any = None, **headers: str) -> Answer:
        sent = {"Origin": str(self.stack["web_url"])} | headers
        if self.cookie:
            sent["Cookie"] = f"theme=dark; {COOKIE}={self.cookie}; other=1"
        answer = Api(self.stack)(method, f"/v1/sign-in{path}", body, **sent)
        for set_cookie in answer.headers.getlist("Set-Cookie"):
            value = re.match(rf"{COOKIE}=([^;]*)", set_cookie)
            assert value, set_cookie
            self.cookie = value[1] or None
        return answer

    def sign_in(self, username: str, password: str) -> Answer:
        return self("POST", "", {"username": username, "password": password})

    def answer(self, asked: dict[str, Any], **fields: str) -> Answer:
        """Answer a challenge as it came, but for ``fields``."""
        kept = {name: asked[name] for name in ("challenge", "session", "username")}
        return self("POST", "/challenge", kept | fields)

    def refresh(self) -> Answer:
        return self("POST", "/refresh", {})


def wrong_code(secret: str, at: float) -> str:
    """Six digits that the app shows at no time near ``at``."""
    shown = {code_of(secret, at + step * 30) for step in range(-3, 4)}
    return next(code for code in map("{:06}".format, range(10)) if code not in shown)
