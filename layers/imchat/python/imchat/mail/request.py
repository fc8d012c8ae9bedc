"""The acknowledgement of a rights request as mail: what happens next, in plain words."""

from imchat.mail.plain import display_name
from imchat.mail.templating import environment
from imchat.mail.transcript import Rendered
from imchat.register.controller import COMPLAINTS, CONTACT, CONTROLLER

# What somebody asks for, as one says it.
_ASKED = {
    "access": "what we hold about you",
    "portability": "your data in a form that you can take elsewhere",
    "rectification": "a correction",
    "erasure": "the deletion of your data",
    "restriction": "a restriction of how your data are used",
    "objection": "that your data be no longer used",
    "complaint": "our answer to your complaint",
}


def render(
    *,
    reference: str,
    name: str | None,
    kind: str,
    code: str | None,
    proof_wanted: bool,
    minutes: int,
    notice_url: str,
) -> Rendered:
    """The mail; ``code`` is what proves the address, for so many ``minutes``, None where it is none that does;
    ``proof_wanted`` says that the answer waits for proof."""
    facts = {
        "reference": reference,
        "name": display_name(name),
        "asked": _ASKED[kind],
        "code": code,
        "proof_wanted": proof_wanted,
        "minutes": minutes,
        "notice_url": notice_url,
        "contact": CONTACT,
        "complaints": COMPLAINTS,
        "controller": CONTROLLER,
    }
    return Rendered(
        subject=f"Your data-protection request {reference}",
        text=environment().get_template("request.txt.j2").render(facts),
        html=environment().get_template("request.html.j2").render(facts),
        language="en",
        sender_name=CONTROLLER,
    )
