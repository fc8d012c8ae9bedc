"""The notice, made from the register: for machines, as a page, and the sentence above the widget's form (N2, N23)."""

from datetime import date, datetime
from html import escape
from typing import Any

from imchat.periods import Period
from imchat.register.activities import ACTIVITIES, CHATS

VERSION = "1"
UPDATED = date(2026, 11, 23)
CONTROLLER = "IMsupporting LTD"
CONTACT = "dataprotection@imsupporting.com"
COMPLAINTS = "https://ico.org.uk/make-a-complaint/"

RIGHTS = (
    "You can ask for a copy of what we hold about you, have it corrected, deleted or restricted, object to its use, and "
    "take it elsewhere, under UK data-protection law. You can delete a chat yourself, in the chat window. To find your "
    "data we need a name or email address that you gave, and proof that you are you; without proof nothing is given to "
    "anybody. A chat without contact details cannot be found, by us or by anybody."
)
STORAGE = (
    "No cookies. While you chat, your browser keeps one entry in its session storage, named “imchat”: which chat it is, "
    "and the key to it. It is gone when you end the chat or close the tab. Before you open a chat nothing is kept on "
    "your device."
)
SHARING = (
    "Never sold, never used for advertising, never put on a mailing list. Disclosed to others only where the law "
    "requires it. What you tell us on social media stays there, under their policies. On somebody else's site, their "
    "own policy applies as well."
)

_UNITS = {
    "en": {"month": ("month", "months"), "day": ("day", "days")},
    "fr": {"month": ("mois", "mois"), "day": ("jour", "jours")},
    "ar": {"month": ("شهر", "شهرًا"), "day": ("يوم", "يومًا")},
}
_WIDGET = {
    "en": "We use what you write to answer you, and your email, if you give one, to send you a copy. "
    "It is kept for at most {period}, or until you delete it. Every detail may be left blank.",
    "fr": "Nous utilisons ce que vous écrivez pour vous répondre et votre adresse e-mail, si vous la donnez, pour vous "
    "envoyer une copie. Nous le conservons {period} au plus, ou jusqu’à ce que vous l’effaciez. Rien n’est obligatoire.",
    "ar": "نستخدم ما تكتبه للرد عليك، وبريدك الإلكتروني، إن ذكرته، لإرسال نسخة إليك. "
    "نحتفظ به مدة لا تتجاوز {period}، أو حتى تحذفه. يمكنك ترك جميع البيانات فارغة.",
}


def period_in_words(period: Period, language: str = "en") -> str:
    """A period as people say it."""
    return f"{period.number} {_UNITS[language][period.unit][period.number != 1]}"


def widget_text(language: str, site_period: str | None = None) -> str:
    """Why and how long, in the first of ``language``'s tags (an Accept-Language will do) that there are words for."""
    tags = [tag.split(";")[0].split("-")[0].strip().lower() for tag in language.split(",")]
    chosen = next((tag for tag in tags if tag in _WIDGET), "en")
    period = Period.parse(site_period) if site_period else CHATS.period
    return _WIDGET[chosen].format(period=period_in_words(period, chosen) if period else "")


def notice(now: datetime) -> dict[str, Any]:
    """The notice for machines; ``now`` is when it was asked for."""
    return {
        "version": VERSION,
        "updated": UPDATED.isoformat(),
        "as_of": now.isoformat(timespec="seconds"),
        "controller": CONTROLLER,
        "contact": CONTACT,
        "activities": [
            {
                "name": activity.name,
                "purpose": activity.purpose,
                "lawful_basis": activity.lawful_basis,
                "categories": list(activity.categories),
                "source": activity.source,
                "recipients": list(activity.recipients),
                "kept_for": str(activity.period) if activity.period else activity.lasts,
                "kept_from": activity.period_starts,
                "at_end": activity.at_end,
                "erasure": activity.erasure,
                "retained_because": activity.retained_because,
            }
            for activity in ACTIVITIES
        ],
        "rights": RIGHTS,
        "storage_on_your_device": STORAGE,
        "sharing": SHARING,
        "complaints": COMPLAINTS,
    }


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Privacy notice</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.05rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1.2rem; }}
h1 {{ font-size: 1.8rem; line-height: 1.2; }} h2 {{ margin-top: 2.2rem; }}
dl {{ display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .3rem 1rem; }}
dt {{ font-weight: 600; }} dd {{ margin: 0; }} small {{ opacity: .75; }}
@media (max-width: 30rem) {{ dl {{ grid-template-columns: 1fr; gap: 0; }} dd {{ margin-bottom: .6rem; }} }}
@media print {{ body {{ max-width: none; margin: 0; font-size: 11pt; }} h2 {{ break-after: avoid; }} }}
</style></head><body>
<h1>Privacy notice</h1><p><small>{controller} · version {version} · updated {updated}</small></p>
{activities}
<h2>On your device</h2><p>{storage}</p>
<h2>Who else sees it</h2><p>{sharing}</p>
<h2>Your rights</h2><p>{rights}</p><p>Write to <a href="mailto:{contact}">{contact}</a>.</p>
<h2>Complaints</h2><p>To us first, if you like; or to the Information Commissioner: <a href="{complaints}">{complaints}</a>
</p></body></html>"""


def notice_html(now: datetime) -> str:
    """The notice as a page: nothing remote, readable on a phone and on paper."""
    said = notice(now)
    sections = []
    for activity in said["activities"]:
        facts = {
            "Why": activity["purpose"],
            "Basis": activity["lawful_basis"],
            "What": "; ".join(activity["categories"]) or "no personal data",
            "From": activity["source"],
            "Seen by": "; ".join(activity["recipients"]) or "nobody else",
            "How long": f"{activity['kept_for']} from {activity['kept_from']}, then {activity['at_end']}"
            if activity["kept_from"] != "-"
            else activity["kept_for"] or activity["at_end"],
            "If you ask for deletion": "deleted"
            if activity["erasure"] == "erased"
            else f"kept: {activity['retained_because'] or 'it is nobody’s data'}",
        }
        rows = "".join(f"<dt>{escape(term)}</dt><dd>{escape(fact)}</dd>" for term, fact in facts.items())
        sections.append(f"<h2>{escape(activity['name'].title())}</h2><dl>{rows}</dl>")
    return _PAGE.format(
        activities="\n".join(sections),
        storage=escape(STORAGE),
        sharing=escape(SHARING),
        rights=escape(RIGHTS),
        **{field: escape(str(said[field])) for field in ("controller", "version", "updated", "contact", "complaints")},
    )
