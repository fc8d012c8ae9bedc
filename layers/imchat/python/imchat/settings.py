"""What the environment says, read once on first use. A missing variable fails by its name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache


class MissingSetting(RuntimeError):
    """An environment variable that a function needs is not set; the message is its name."""


@dataclass(frozen=True)
class Settings:
    """Names of what the stack made. Each field is the environment variable of the same name in capitals."""

    stage: str
    transcript_queue_url: str
    token_secret_id: str
    address_secret_id: str
    identity_secret_id: str
    ledger_secret_id: str
    edge_secret_id: str
    inbound_bucket: str
    correspondence_bucket: str
    exports_bucket: str
    parts_bucket: str
    proof_bucket: str
    proof_key: str
    identity_bucket: str
    signing_key: str
    requests_machine: str
    mail_site_id: str
    accounting_year_end: str
    alarms_topic: str
    mail_from: str
    mail_configuration_set: str
    web_url: str
    user_pool: str
    user_pool_client: str
    socket_endpoint: str

    @property
    def websocket_url(self) -> str:
        """Where browsers open a WebSocket: beside the pages."""
        return f"ws{self.web_url.removeprefix('http')}/socket"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Settings from ``environment``. Raises MissingSetting naming the first variable that is absent or blank."""
        values = {}
        for field in fields(cls):
            name = field.name.upper()
            value = environment.get(name, "").strip()
            if not value:
                raise MissingSetting(name)
            values[field.name] = value
        return cls(**values)


@cache
def settings() -> Settings:
    """This process's settings."""
    return Settings.read(os.environ)


def table_name(store: str) -> str:
    """The name of a store's table, from the environment variable STORE_TABLE. Raises MissingSetting naming it."""
    variable = f"{store.upper()}_TABLE"
    name = os.environ.get(variable, "").strip()
    if not name:
        raise MissingSetting(variable)
    return name
