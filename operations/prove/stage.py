"""The stage that is tried: its address, what it is made of, how long it may take."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from infra import tables
from operations.prove.report import Broken

T = TypeVar("T")
_PATIENCE, _PAUSE = 300.0, 2.0
_LOCAL_PATIENCE, _LOCAL_PAUSE = 60.0, 0.2
_BUCKETS = ("inbound", "correspondence", "exports", "parts", "identity")


@dataclass(frozen=True)
class Stage:
    """A stage by the ``outputs`` of its stack."""

    outputs: Mapping[str, str]

    @property
    def address(self) -> str:
        """The public address of its pages and its API."""
        return self.outputs["WebUrl"].rstrip("/")

    @property
    def stack(self) -> str:
        """The name of its stack."""
        return self.outputs["StackName"]

    @property
    def emulator(self) -> str | None:
        """Where the emulator is; None on AWS."""
        return os.environ.get("AWS_ENDPOINT_URL")

    @property
    def holds_people(self) -> bool:
        """Whether other people's data may be there: then nothing is read but what is found by a canary's own keys."""
        return not self.emulator and self.stack != "imchat-dev"

    @property
    def tables(self) -> dict[str, str]:
        """Its tables by the names of their stores."""
        return {name: self.outputs[tables.logical_id(name)] for name in tables.names()}

    @property
    def buckets(self) -> dict[str, str]:
        """Its buckets that may hold something of a person."""
        return {name: self.outputs[f"{name.title()}Bucket"] for name in _BUCKETS}

    def until(self, what: str, happens: Callable[[], T | None]) -> T:
        """What ``happens`` answers once it is true. Raises Broken where it does not come to that in minutes."""
        patience, pause = (_LOCAL_PATIENCE, _LOCAL_PAUSE) if self.emulator else (_PATIENCE, _PAUSE)
        last = time.monotonic() + patience
        while True:
            if outcome := happens():
                return outcome
            if time.monotonic() > last:
                raise Broken(f"{what} did not happen within {patience:.0f} seconds")
            time.sleep(pause)
