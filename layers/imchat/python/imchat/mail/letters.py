"""The letters that a person gets about a rights request (UK GDPR Articles 12 to 22), as mail and to be printed. Each is
a list of blocks, so that text and HTML say the same; its words stand in letter_words."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from imchat.mail.letter_scope import scope
from imchat.mail.letter_words import BODIES, COURT, SUBJECTS, Block, ends_complaint, opening
from imchat.mail.plain import display_name
from imchat.mail.templating import environment
from imchat.mail.transcript import Rendered
from imchat.register.controller import COMPLAIN_TO_US, COMPLAINTS, CONTACT, CONTROLLER

LETTERS = tuple(SUBJECTS)
# What a letter cannot do without.
_NEEDED = {
    "code": ("code",),
    "question": ("because",),
    "inquiry": ("because",),
    "extended": ("because", "due"),
    "refused": ("because",),
    "ready": ("link", "until"),
    "objection_overruled": ("because",),
    "answered": ("because",),
    "passed_on": ("passed_to", "searched_by"),
    "progress": ("because",),
}


class Kept(NamedTuple):
    """With so many items what was asked was not done: why, until when they are kept, where that is known, and what in
    the law allows it."""

    number: int
    why: str
    until: date | None
    law: str | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """One line of a receipt: in the data called ``title``, how many items were changed as asked, and with which that
    was not done."""

    title: str
    changed: int
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class OnWebsite:
    """Of a receipt, what was done on one website (a blank name: on all further ones) in the data called ``title``."""

    website: str
    title: str
    changed: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter says: ``what`` is one of LETTERS, ``kind`` the request's type. ``because`` is what staff wrote;
    ``link`` the page on which a copy is fetched, ``until`` the last day for that; ``recipients`` are those to whom data
    had been disclosed; ``proof_wanted`` says that the answer waits for proof of who asks, and ``proof_by`` the day on
    which it is refused without; ``extended_for`` is one of EXTENSIONS. Of a receipt, ``decision`` is what was decided
    of an objection, ``ground`` that of an erasure (GROUNDS), ``not_done`` what staff say was not done, and
    ``put_aside`` that something was found that nothing shows to be the person's. ``everywhere``: all websites for which
    we answer are searched; ``websites`` are what was done on each, ``elsewhere`` (name, contact) of those that answer
    themselves; ``passed_to`` is the website to which this letter goes, if it is none to the person, and
    ``searched_by`` what it says of them. ``post`` is the postal address it goes to; ``redirected``: it goes to an
    answer address, not to the one that is searched. Of an answer address, ``answer_name`` is whose it is, and
    ``by_post`` whether it is a postal one."""

    what: str
    reference: str
    kind: str
    asked_on: date
    notice_url: str
    name: str | None = None
    post: str | None = None
    redirected: bool = False
    answer_name: str | None = None
    by_post: bool = False
    code: str | None = None
    minutes: int = 10
    due: date | None = None
    because: str | None = None
    link: str | None = None
    until: date | None = None
    done: tuple[Done, ...] = ()
    recipients: tuple[str, ...] = ()
    proof_wanted: bool = False
    proof_by: date | None = None
    extended_for: str | None = None
    decision: str | None = None
    ground: str | None = None
    not_done: str | None = None
    put_aside: bool = False
    everywhere: bool = False
    websites: tuple[OnWebsite, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()
    passed_to: str | None = None
    searched_by: tuple[str, ...] = ()


def render(letter: Letter) -> Rendered:
    """The letter. Raises ValueError where there is none of this name, or it lacks what it must say."""
    missing = [name for name in _NEEDED.get(letter.what, ()) if not getattr(letter, name)]
    if letter.what not in SUBJECTS or missing:
        raise ValueError(f"a letter that cannot be: {', '.join(missing) or 'unknown'}")
    facts: dict[str, Any] = {
        "reference": letter.reference,
        "name": display_name(letter.passed_to or letter.name),
        "post": letter.post,
        "blocks": (*opening(letter), *_body(letter)),
        "complain_to_us": None if letter.passed_to or ends_complaint(letter) else COMPLAIN_TO_US,
        "notice_url": letter.notice_url,
        "contact": CONTACT,
        "complaints": None if letter.passed_to else COMPLAINTS,
        "controller": CONTROLLER,
    }
    return Rendered(
        subject=f"{'Data' if letter.passed_to else 'Your data'}-protection request {letter.reference}: "
        f"{SUBJECTS[letter.what]}",
        text=environment().get_template("letter.txt.j2").render(facts),
        html=environment().get_template("letter.html.j2").render(facts),
        language="en",
        sender_name=CONTROLLER,
    )


def _body(letter: Letter) -> list[Block]:
    """What it says. Where it ends with complaint and court, what it says of websites stands before that."""
    blocks = list(BODIES[letter.what](letter))
    end = next((number for number, (_, lines) in enumerate(blocks) if lines[0].endswith(COURT)), len(blocks))
    return [*blocks[:end], *scope(letter), *blocks[end:]]
