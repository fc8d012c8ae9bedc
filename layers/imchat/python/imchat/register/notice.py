"""The notice, made from the register (N23): for machines and as a page."""

from collections.abc import Iterable
from datetime import date, datetime
from html import escape
from typing import Any

from imchat.register.activity import RECOVERY, Activity
from imchat.register.controller import COMPLAINTS, CONTACT, CONTROLLER
from imchat.register.stores import activities
from imchat.register.words import kept_in_words, period_in_words, widget_text

__all__ = ["UPDATED", "VERSION", "notice", "notice_html", "widget_text"]

# Newest first.
CHANGES = (
    (
        date(2026, 11, 24),
        "Wrong tries of staff to sign in are counted for some minutes, and staff who sign in get a cookie.",
    ),
    (
        date(2026, 11, 23),
        "Calls, emails, purchases, data-protection requests, disclosures and visits to pages are listed too, with "
        "their periods; how long backups hold what was deleted is said.",
    ),
    (date(2026, 11, 23), "First version that is made from the register of what the system does."),
)
VERSION, UPDATED = str(len(CHANGES)), CHANGES[0][0]
# What the widget calls its only entry in the browser's session storage.
STORAGE_KEYS = ("imchat",)

RIGHTS = (
    "Under UK data-protection law you can ask what we hold about you.",
    "You get a description of it, why we hold it, who it could be disclosed to, and a copy that you can read.",
    "You can have mistakes corrected, data deleted, or their use restricted, object to it, and take them elsewhere.",
    "A chat that you opened you can correct and delete yourself, in the chat window, at any time.",
)
HOW_TO_ASK = (
    "Use our form or write to us. Name the name or email address that you gave, so that we can find your data, and "
    "prove that you are you. Without proof nothing is given to anybody. A chat without contact details cannot be "
    "found, by you or by us, and no copy of it can be sent later."
)
BEFORE_YOU_WRITE = (
    "The chat is free, and nothing is installed. Every detail may be left blank or invented. If you give an email "
    "address, a copy of the chat goes to it, and only to it. A website may keep chats for a shorter time than is said "
    "here, never for longer."
)
STORAGE = (
    "We set no cookies for visitors; staff who sign in get one, which keeps them signed in. While you chat, your "
    "browser keeps one entry in its session storage, named “imchat”: which chat it is, the key to it, how far you have "
    "read, and whether the window is open. It is gone when you end the chat or close the tab. Before you open a chat, "
    "nothing is kept on your device."
)
BACKUPS = (
    "What was deleted can still be in our encrypted backups for {days}. They are used for nothing but to repair the "
    "system after a disaster, and then what was deleted before is deleted again."
)
SHARING = (
    "Personal data are never sold, used for advertising, or put on a mailing list.",
    "They are disclosed to others only where the law requires it.",
    "A website that carries our chat has a privacy policy of its own, which applies as well.",
    "What you write to us on social media is kept there, under those companies' policies.",
)


def notice(now: datetime) -> dict[str, Any]:
    """The notice for machines; ``now`` is when it was asked for. Holds nothing about anybody."""
    return {
        "version": VERSION,
        "updated": UPDATED.isoformat(),
        "changes": [{"date": day.isoformat(), "what": what} for day, what in CHANGES],
        "as_of": now.isoformat(timespec="seconds"),
        "controller": CONTROLLER,
        "contact": CONTACT,
        "before_you_write": BEFORE_YOU_WRITE,
        "activities": [_activity(activity) for activity in activities()],
        "backups": BACKUPS.format(days=period_in_words(RECOVERY)),
        "sharing": list(SHARING),
        "rights": list(RIGHTS),
        "how_to_ask": HOW_TO_ASK,
        "complaints": COMPLAINTS,
        "storage_on_your_device": {"text": STORAGE, "cookies": [], "session_storage": list(STORAGE_KEYS)},
    }


def notice_html(now: datetime, ask_url: str) -> str:
    """The notice as a page: nothing remote, readable on a phone and on paper. ``ask_url`` leads to the form by which
    somebody asks about their data."""
    said = notice(now)
    changes = "".join(f"<dt>{_day(day)}</dt><dd>{escape(what)}</dd>" for day, what in CHANGES)
    return _PAGE.format(
        before=escape(BEFORE_YOU_WRITE),
        short="".join(_short(activity) for activity in said["activities"] if activity["categories"]),
        activities="\n".join(_section(activity) for activity in said["activities"]),
        sharing=_list(SHARING),
        rights=_list(RIGHTS),
        how=escape(HOW_TO_ASK),
        ask_url=escape(ask_url),
        storage=escape(STORAGE),
        updated=_day(UPDATED),
        changes=changes,
        **{field: escape(said[field]) for field in ("controller", "version", "contact", "complaints", "backups")},
    )


def _activity(activity: Activity) -> dict[str, Any]:
    return {
        "name": activity.name,
        "title": activity.title,
        "people": activity.people,
        "purpose": activity.purpose,
        "lawful_basis": activity.lawful_basis,
        "categories": list(activity.categories),
        "source": activity.source,
        "recipients": list(activity.recipients),
        "kept_for": period_in_words(activity.period) if activity.period else activity.lasts,
        "kept_from": activity.period_starts or None,
        "at_end": activity.at_end,
        "kept": kept_in_words(activity),
        "erasure": activity.erasure,
        "retained_because": activity.retained_because,
    }


def _short(activity: dict[str, Any]) -> str:
    """A line of the summary."""
    fate = "kept until then" if activity["retained_because"] else "deleted"
    link = f'<a href="#{escape(activity["name"])}">{escape(activity["title"])}</a>'
    return f"<tr><th scope=row>{link}</th><td>{escape(activity['kept_for'])}</td><td>{fate}</td></tr>"


def _section(activity: dict[str, Any]) -> str:
    facts = {
        "Why": activity["purpose"],
        "Lawful basis": activity["lawful_basis"],
        "About whom": activity["people"],
        "What": activity["categories"] or ["no personal data"],
        "Where from": activity["source"],
        "Who sees it": activity["recipients"] or ["nobody else"],
        "How long": activity["kept"],
    }
    if activity["categories"]:
        because = activity["retained_because"]
        facts["If you ask us to delete it"] = f"it stays until then: {because}" if because else "it is deleted"
    rows = "".join(f"<dt>{escape(term)}</dt><dd>{_fact(fact)}</dd>" for term, fact in facts.items())
    return f'<section id="{escape(activity["name"])}"><h2>{escape(activity["title"])}</h2><dl>{rows}</dl></section>'


def _fact(fact: str | list[str]) -> str:
    if isinstance(fact, str):
        return escape(fact)
    return escape(fact[0]) if len(fact) == 1 else _list(fact)


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"


def _day(day: date) -> str:
    return f'<time datetime="{day.isoformat()}">{day.day} {day:%B %Y}</time>'


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Privacy notice</title><style>
:root {{ color-scheme: light dark; }}
html {{ background: light-dark(#f5f7f7, #101616); color: light-dark(#15201f, #eaf1f0); }}
body {{ font: 1.05rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1.2rem; }}
h1 {{ font-size: 1.8rem; line-height: 1.2; margin-bottom: .2rem; }} h2 {{ margin: 2.4rem 0 .6rem; line-height: 1.3; }}
dl {{ display: grid; grid-template-columns: 9rem 1fr; gap: .5rem 1rem; margin: 0; }}
dt {{ font-weight: 600; }} dd {{ margin: 0; }} ul {{ margin: 0; padding-left: 1.2rem; }}
a {{ overflow-wrap: anywhere; color: light-dark(#0f5c58, #6fd0c6); text-underline-offset: .15em; }}
.about {{ margin-top: 0; color: light-dark(#54625f, #a5b3b0); font-size: .9rem; }}
table {{ border-collapse: collapse; width: 100%; margin: 1.6rem 0; }} caption {{ text-align: left; font-weight: 600; }}
th, td {{ text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8885; }}
tbody th {{ font-weight: 400; }} section {{ break-inside: auto; scroll-margin-top: 1rem; }}
@media (max-width: 34rem) {{ dl {{ display: block; }} dd {{ margin-bottom: .7rem; }} }}
@media print {{ html {{ color: #000; background: #fff; }} .about {{ color: #000; }}
body {{ max-width: none; margin: 0; padding: 0; font-size: 11pt; }}
h2, dt {{ break-after: avoid; }} p, dd {{ orphans: 3; widows: 3; }} a {{ color: inherit; }} }}
</style></head><body><main>
<h1>Privacy notice</h1><p class="about">{controller} · version {version} · updated {updated}</p>
<p>{before}</p>
<table><caption>In short</caption><thead><tr><th scope=col>What</th><th scope=col>How long</th>
<th scope=col>If you ask us to delete it</th></tr></thead><tbody>{short}</tbody></table>
{activities}
<section id="backups"><h2>Backups</h2><p>{backups}</p></section>
<section id="sharing"><h2>Who else gets it</h2>{sharing}</section>
<section id="rights"><h2>Your rights</h2>{rights}<p>{how}</p>
<p><a href="{ask_url}">Ask about your data</a></p>
<p>Our address: <a href="mailto:{contact}">{contact}</a></p></section>
<section id="complaints"><h2>Complaints</h2><p>You can complain to us first, or to the Information Commissioner's
Office: <a href="{complaints}" rel="noreferrer">{complaints}</a></p></section>
<section id="cookies"><h2>Cookies and your device</h2><p>{storage}</p></section>
<section id="changes"><h2>Changes</h2><dl>{changes}</dl></section>
</main></body></html>
"""
