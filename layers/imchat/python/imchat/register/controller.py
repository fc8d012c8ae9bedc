"""Who answers for the data, and how to reach them (UK GDPR Art 13(1)(a), (b), 30(1)(a)); the websites on whose behalf
chats are run (Art 28, 30(2)(a)); who works for us, where, and under which safeguard (Art 13(1)(e), (f), 28(2))."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

CONTROLLER = "IMsupporting LTD"
CONTACT = "dataprotection@imsupporting.com"
COMPLAINTS = "https://ico.org.uk/make-a-complaint/"
# Data Protection Act 2018, s 164A.
COMPLAIN_TO_US = (
    "You have the right to complain to us about how we use your personal data: by our form, where you choose "
    f"“Complain”, by mail to {CONTACT}, by letter, by telephone or in person. Within 30 days we tell you that we have "
    "your complaint. We look into it, tell you how it goes, and tell you without undue delay what came of it."
)
SAFEGUARDS = (
    "Data are encrypted where they lie and on their way. Each part of the system may reach only what it needs. Every "
    "view of personal data by staff is recorded. Nothing personal is written to logs."
)


@dataclass(frozen=True)
class Particulars:
    """What else the law wants said of us. Each is blank where the deployment was not told it (infra/parameters.py)."""

    address: str = ""
    company_number: str = ""
    officer: str = ""
    representative: str = ""


@cache
def particulars() -> Particulars:
    """Ours, as this deployment was told."""
    return Particulars(
        address=os.environ.get("POSTAL_ADDRESS", "").strip(),
        company_number=os.environ.get("COMPANY_NUMBER", "").strip(),
        officer=os.environ.get("DATA_PROTECTION_OFFICER", "").strip(),
        representative=os.environ.get("REPRESENTATIVE", "").strip(),
    )


@dataclass(frozen=True, kw_only=True)
class Website:
    """A website that carries the chat. ``name`` is what visitors call it; ``controller`` who runs it and answers for
    its chats, with ``address`` and ``contact`` (an email address or a page) where its owner gave them."""

    site_id: str
    name: str
    controller: str
    address: str | None = None
    contact: str | None = None
    policy_url: str | None = None

    @property
    def ours(self) -> bool:
        """Whether it is a website of our own."""
        return self.controller == CONTROLLER


def answering(role: str, websites: Sequence[Website], *, whole: bool = False) -> str:
    """Who answers for data of which our role is ``role``, in words, where they come from ``websites``; of none it is
    any; ``whole`` with addresses."""
    others = [one for one in websites if not one.ours]
    if role == "controller" or (websites and not others):
        return f"we, {CONTROLLER} (controller)"
    if not others:
        return "the website that you visit (controller); we act for it (processor)"
    told = "; ".join(f"{_whole(one) if whole else one.controller} (controller)" for one in others)
    ours = f"; we, {CONTROLLER} (controller), for our own website" if len(others) < len(websites) else ""
    return f"{told}; we act for {'it' if len(others) == 1 else 'them'} (processor){ours}"


def _whole(website: Website) -> str:
    address = (website.address or "").splitlines()
    return ", ".join(part for part in (website.controller, *address, website.contact or "") if part)


@dataclass(frozen=True, kw_only=True)
class Processor:
    """Somebody who works for us: ``what`` they do, ``where``, and by which ``safeguard`` data may go there."""

    name: str
    what: str
    where: str
    safeguard: str


_HOME = "None is needed: the data stay in the United Kingdom."
_APPROVED = "UK regulations approve transfers there (UK GDPR Article 45A)."
_CONTRACT = (
    "The UK Addendum to the EU's standard contractual clauses, which is part of AWS's data processing addendum (UK "
    "GDPR Article 46)."
)
# Regions of AWS: where each is, and what makes a transfer there lawful. Approved are the EEA, Switzerland and others
# (Data Protection Act 2018, Schedule 21, paragraphs 4 and 5, and regulations since).
_REGIONS = {
    "eu-west-2": ("the United Kingdom (London)", _HOME),
    "eu-west-1": ("Ireland", _APPROVED),
    "eu-west-3": ("France (Paris)", _APPROVED),
    "eu-central-1": ("Germany (Frankfurt)", _APPROVED),
    "eu-central-2": ("Switzerland (Zurich)", _APPROVED),
    "eu-north-1": ("Sweden (Stockholm)", _APPROVED),
    "eu-south-1": ("Italy (Milan)", _APPROVED),
    "eu-south-2": ("Spain", _APPROVED),
    "il-central-1": ("Israel (Tel Aviv)", _APPROVED),
    "us-east-1": ("the United States (Northern Virginia)", _CONTRACT),
    "us-east-2": ("the United States (Ohio)", _CONTRACT),
    "us-west-1": ("the United States (Northern California)", _CONTRACT),
    "us-west-2": ("the United States (Oregon)", _CONTRACT),
    "ca-central-1": ("Canada (Montreal)", _CONTRACT),
    "ca-west-1": ("Canada (Calgary)", _CONTRACT),
    "ap-northeast-1": ("Japan (Tokyo)", _CONTRACT),
    "ap-northeast-2": ("South Korea (Seoul)", _CONTRACT),
    "ap-northeast-3": ("Japan (Osaka)", _CONTRACT),
    "ap-southeast-1": ("Singapore", _CONTRACT),
    "ap-southeast-2": ("Australia (Sydney)", _CONTRACT),
    "ap-southeast-3": ("Indonesia (Jakarta)", _CONTRACT),
    "ap-south-1": ("India (Mumbai)", _CONTRACT),
    "ap-south-2": ("India (Hyderabad)", _CONTRACT),
    "ap-east-1": ("Hong Kong", _CONTRACT),
    "sa-east-1": ("Brazil (São Paulo)", _CONTRACT),
    "me-south-1": ("Bahrain", _CONTRACT),
    "me-central-1": ("the United Arab Emirates", _CONTRACT),
    "af-south-1": ("South Africa (Cape Town)", _CONTRACT),
}
# Where CloudFront's edges are that carry our address, by the price class that infra/stack/web.yaml names.
EDGES = {"PriceClass_100": "North America, Europe and Israel"}
_AWS = "Amazon Web Services EMEA SARL"
# They answer for themselves, and are told by the person or for the person.
RECIPIENTS = (
    "HSBC UK and PayPal, which take payments and answer for themselves; nothing of a chat reaches them.",
    "The provider of the mailbox to which a mail goes, in the country that the person chose with their address.",
)


def region() -> str:
    """The region of AWS that this runs in: Lambda says it itself. Blank where it is not known."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""


def processors(region: str) -> tuple[Processor, ...]:
    """Everybody who works for us where the service runs in ``region``; of a region that is not listed, its code is
    said, and the contract's safeguard."""
    where, safeguard = _REGIONS.get(
        region, (f"its region {region}" if region else "the region of this service", _CONTRACT)
    )
    [edges] = EDGES.values()
    return (
        Processor(
            name=_AWS,
            what="Runs the service: computing, databases, files, mail out and in, staff's sign-in, each encrypted.",
            where=where,
            safeguard=safeguard,
        ),
        Processor(
            name=f"{_AWS} (CloudFront)",
            what="Carries what browsers and the service say to each other, encrypted, through the edge that is nearest "
            "to the browser. It keeps pages and scripts of ours, which are the same for everybody, and nothing of a "
            "person: no answer of the service and no log of who asked.",
            where=edges,
            safeguard="For the EEA, Switzerland and Israel UK regulations approve transfers (UK GDPR Article 45A). For "
            f"elsewhere: {_CONTRACT[0].lower()}{_CONTRACT[1:]}",
        ),
    )


def transfers(region: str) -> str:
    """Which data go where (Art 13(1)(f), 15(2), 30(1)(e))."""
    home, edge = processors(region)
    return (
        f"Data are kept in {home.where}. {home.safeguard} On their way they pass through the edge of CloudFront "
        f"nearest to the browser, in {edge.where}, where nothing of them is kept. {edge.safeguard}"
    )
