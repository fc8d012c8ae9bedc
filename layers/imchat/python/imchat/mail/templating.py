"""Templates and the ways in which they may put other people's words between ours. Imported when a mail is made, and not
before: Jinja is not cheap to load."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from imchat.mail.plain import direction, isolated

_FOLDER = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Escapes everything but in .txt templates; an unknown variable is an error."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=lambda name: not (name and name.endswith(".txt.j2")),  # noqa: S701 - on but for plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(apart=_apart, filled=_filled)
    return made


@pass_context
def _apart(context: Context, text: str) -> str:
    """Words that are not ours, kept from turning the line they stand in: in a span that says which way they run, or in
    plain text between Unicode's isolates."""
    page = context["words"].direction
    if context.eval_ctx.autoescape:
        return Markup('<span dir="{}">{}</span>').format(direction(text, page), text)
    return isolated(text, page)


@pass_eval_context
def _filled(evaluated: EvalContext, sentence: str, **values: Any) -> str:
    """One of our sentences with its gaps filled; in HTML, both escaped."""
    return (escape(sentence) if evaluated.autoescape else sentence).format(**values)
