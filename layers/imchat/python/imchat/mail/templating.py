"""Templates of mails, and the ways in which they may put other people's words between ours. Imported when a mail is
made, and not before (imchat.templates)."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from imchat import templates
from imchat.mail.plain import direction, isolated


@cache
def environment() -> Environment:
    """All templates of mails."""
    return templates.environment(Path(__file__).parent / "templates", {"apart": _apart, "filled": _filled})


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
