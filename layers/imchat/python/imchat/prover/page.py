"""The proof as a page: nothing remote, no script, readable on a phone and on paper."""

from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment

from imchat import templates
from imchat.prover.finding import Outcome
from imchat.prover.proof import Promise, Proof

_FOLDER = Path(__file__).parent / "templates"
STATES = {
    Outcome.KEPT: "Kept",
    Outcome.NOT_KEPT: "Not kept",
    Outcome.UNKNOWN: "Could not be checked",
    None: "Proved by tests",
}


@cache
def style() -> str:
    """The style of the page: infra/edge.py lets the browser apply this and nothing else."""
    return _FOLDER.with_name("proof.css").read_text()


@cache
def environment() -> Environment:
    """The templates of the page."""
    return templates.environment(_FOLDER, {"moment": _moment, "state": STATES.__getitem__})


def page(proof: Proof) -> bytes:
    """The page of a proof, as UTF-8."""
    counts = Counter(one.state for one in proof.promises)
    shown = sorted(proof.promises, key=_failures_first)
    text: str = environment().get_template("proof.html.j2").render(
        proof=proof, promises=shown, counts=counts, states=STATES, style=style(), Outcome=Outcome
    )  # fmt: skip
    return text.encode()


def _failures_first(promise: Promise) -> tuple[bool, int]:
    return promise.state != Outcome.NOT_KEPT, promise.number


def _moment(at: str) -> str:
    """A time of a proof in words, in UTC."""
    time = datetime.fromisoformat(at)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"
