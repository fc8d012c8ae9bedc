"""Canary people: who they are, and what they do on a page. All they give is invented, and no two runs give the same."""

import secrets
from dataclasses import dataclass
from typing import Any

from imchat import canaries
from operations.prove.api import Answer, Api

# Where SES plays the mailbox: taken, sent back, called spam (docs.aws.amazon.com/ses, "Using the mailbox simulator").
SIMULATED = ("success", "bounce", "complaint")


def phone() -> str:
    """A number that nobody else gives, among those that are nobody's (Ofcom keeps 020 7946 0xxx for stories)."""
    return f"+44 20 7946 {secrets.randbelow(1_000):04} ext {secrets.randbelow(10**8):08}"


@dataclass(frozen=True)
class Canary:
    """One of them. ``marker`` stands in all that they give but the ``phone``, so that it is found wherever it came."""

    marker: str
    phone: str

    @classmethod
    def new(cls) -> "Canary":
        """Somebody who was never there before."""
        return cls(secrets.token_hex(8), phone())

    @property
    def name(self) -> str:
        """Their name."""
        return f"Canary{self.marker}"

    @property
    def email(self) -> str:
        """Their address: its mail comes to the stage itself."""
        return canaries.address(self.marker)

    def simulated(self, kind: str) -> str:
        """An address of SES's simulator that is theirs alone, by its label."""
        return f"{kind}+{self.marker}@simulator.amazonses.com"

    def words(self, what: str) -> str:
        """A word that nobody else writes."""
        return f"{what}{self.marker}"


@dataclass
class Visitor:
    """A canary in one chat, on the canaries' own website."""

    address: str
    chat_id: str = ""
    token: str | None = None
    expires_at: str = ""

    def open(self, **fields: Any) -> None:
        """Open the chat, with the details given."""
        opened = Api(self.address)("POST", "/v1/chats", {"site_id": canaries.SITE_ID, **fields}).of(201).json
        self.chat_id, self.token, self.expires_at = opened["chat_id"], opened["token"], opened["expires_at"]

    def call(self, method: str, path: str = "", body: Any = None) -> Answer:
        """A call about the chat."""
        return Api(self.address, self.token)(method, f"/v1/chats/{self.chat_id}{path}", body)

    def say(self, text: str) -> None:
        """Write a message."""
        self.call("POST", "/messages", {"text": text, "client_id": secrets.token_hex(8)}).of(201)

    def read(self) -> dict[str, Any]:
        """The chat from its beginning."""
        conversation: dict[str, Any] = self.call("GET", "/messages?after=0").of(200).json
        return conversation

    def copy_state(self) -> str:
        """Where the copy of the transcript is."""
        return str(self.read()["transcript"]["state"])
