"""The letters that a person gets about a rights request (UK GDPR Articles 12 to 22), as mail and to be printed. Each is
a list of blocks, so that text and HTML say the same; its words stand in letter_words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from imchat.mail.letter_words import BODIES, SUBJECTS, ends_complaint, opening
from imchat.mail.plain import display_name
from imchat.mail.templating import environment
from imchat.mail.transcript import Rendered
from imchat.register.controller import COMPLAIN_TO_US, COMPLAINTS, CONTACT, CONTROLLER

LETTERS = tuple(SUBJECTS)
# What a letter cannot do without.
_NEEDED = {
    "code": ("code",),
    "question": ("because",),
    "extended": ("because", "due"),
    "refused": ("because",),
    "ready": ("link", "until"),
    "objection_overruled": ("because",),
    "answered": ("because",),
    "progress": ("because",),
}


@dataclass(frozen=True, kw_only=True)
class Done:
    """One line of a receipt: in the data called ``title``, how many items were changed as asked, and of those that are
    kept how many, why, and until when, where that is known."""

    title: str
    changed: int
    kept: tuple[tuple[int, str, date | None], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter says: ``what`` is one of LETTERS, ``kind`` the request's type. ``because`` is what staff wrote;
    ``link`` the page on which a copy is fetched, ``until`` the last day for that; ``recipients`` are those to whom data
    had been disclosed; ``proof_wanted`` says that the answer waits for proof of who asks. ``post`` is the postal
    address it goes to; ``elsewhere``: it goes to an answer address, not to the one that is searched. Of an answer
    address, ``answer_name`` is whose it is, and ``by_post`` whether it is a postal one."""

    what: str
    reference: str
    kind: str
    asked_on: date
    notice_url: str
    name: str | None = None
    post: str | None = None
    elsewhere: bool = False
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


def render(letter: Letter) -> Rendered:
    """The letter. Raises ValueError where there is none of this name, or it lacks what it must say."""
    missing = [name for name in _NEEDED.get(letter.what, ()) if not getattr(letter, name)]
    if letter.what not in SUBJECTS or missing:
        raise ValueError(f"a letter that cannot be: {', '.join(missing) or 'unknown'}")
    facts: dict[str, Any] = {
        "reference": letter.reference,
        "name": display_name(letter.name),
        "post": letter.post,
        "blocks": (*opening(letter), *BODIES[letter.what](letter)),
        "complain_to_us": None if ends_complaint(letter) else COMPLAIN_TO_US,
        "notice_url": letter.notice_url,
        "contact": CONTACT,
        "complaints": COMPLAINTS,
        "controller": CONTROLLER,
    }
    return Rendered(
        subject=f"Your data-protection request {letter.reference}: {SUBJECTS[letter.what]}",
        text=environment().get_template("letter.txt.j2").render(facts),
        html=environment().get_template("letter.html.j2").render(facts),
        language="en",
        sender_name=CONTROLLER,
    )
