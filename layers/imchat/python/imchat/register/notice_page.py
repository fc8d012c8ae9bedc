"""The notice as a page (N23)."""

from collections.abc import Iterable
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from imchat.register.controller import Website, answering
from imchat.register.notice import (
    BEFORE_YOU_WRITE,
    CHANGES,
    HOW_TO_ASK,
    PROOF_PATH,
    RIGHTS,
    SHARING,
    STAFF_STORAGE,
    STORAGE,
    UPDATED,
    VISITS,
    VISITS_BUTTON,
    notice,
)

if TYPE_CHECKING:
    from imchat.shapes import Notice, NoticeActivity, NoticeProcessor

_ANY_WEBSITE = (
    "Whoever runs the website on which you chat answers for its chats and for the counting of its visits: they are the "
    "controller, we are their processor and do with them only what they order. The chat window names them and says how "
    "to reach them; opened from there, this notice does too."
)
_OTHER_WEBSITE = (
    "You came from {name}. Whoever runs it answers for its chats and for the counting of its visits: they are the "
    "controller, we are their processor and do with them only what they order."
)
_OUR_WEBSITE = "You came from {name}, which is ours: we answer for its chats and for the counting of its visits too."
_THE_REST = "For all else that is said here, we answer ourselves, as controller."


def notice_html(now: datetime, ask_url: str, website: Website | None = None) -> str:
    """The notice as a page: nothing remote, readable on a phone and on paper. ``ask_url`` leads to the form by which
    somebody asks about their data, ``website`` is the one on which the notice was asked for."""
    said = notice(now, website)
    changes = "".join(f"<dt>{_day(day)}</dt><dd>{escape(what)}</dd>" for day, what in CHANGES)
    return _PAGE.format(
        style=_STYLE,
        before=escape(BEFORE_YOU_WRITE),
        short="".join(_short(activity) for activity in said["activities"] if activity["categories"]),
        who=_who(said, website),
        object=_list(said["right_to_object"]["text"]),
        objectable=_list(said["right_to_object"]["activities"]),
        activities="\n".join(_section(activity, website) for activity in said["activities"]),
        processors="".join(_processor(one) for one in said["processors"]),
        recipients=_list(said["recipients"]),
        transfers=escape(said["transfers"]),
        staff_storage=escape(STAFF_STORAGE),
        sharing=_list(SHARING),
        rights=_list(RIGHTS),
        how=escape(HOW_TO_ASK),
        ask_url=escape(ask_url),
        storage=escape(STORAGE),
        visits=_list(VISITS),
        visits_button=escape(VISITS_BUTTON),
        updated=_day(UPDATED),
        changes=changes,
        controller=escape(said["controller"]),
        version=escape(said["version"]),
        contact=escape(said["contact"]),
        complain_to_us=escape(said["complain_to_us"]),
        complaints=escape(said["complaints"]),
        backups=escape(said["backups"]),
        proof=PROOF_PATH,
    )


def _short(activity: "NoticeActivity") -> str:
    """A line of the summary."""
    fate = "kept until then" if activity["retained_because"] else "deleted"
    link = f'<a href="#{escape(activity["name"])}">{escape(activity["title"])}</a>'
    return f"<tr><th scope=row>{link}</th><td>{escape(activity['kept_for'] or '')}</td><td>{fate}</td></tr>"


def _who(said: "Notice", website: Website | None) -> str:
    """Who answers for what, and how to reach them."""
    if website is None:
        chats = f"<p>{escape(_ANY_WEBSITE)}</p>"
    elif website.ours:
        chats = f"<p>{escape(_OUR_WEBSITE.format(name=website.name))}</p>"
    else:
        facts = {
            "Who": escape(website.controller),
            "Address": escape(", ".join((website.address or "").splitlines())),
            "Contact": _link(website.contact or ""),
            "Their own privacy policy": _link(website.policy_url or ""),
        }
        chats = f"<p>{escape(_OTHER_WEBSITE.format(name=website.name))}</p>{_facts(facts)}"
    ours = {
        "We are": escape(said["controller"]),
        "Address": escape(said["address"] or ""),
        "Company number": escape(said["company_number"] or ""),
        "Data-protection officer": escape(said["data_protection_officer"] or "none; write to the address below"),
        "Representative": escape(said["representative"] or ""),
        "Contact": escape(said["contact"]),
    }
    return f"{chats}<p>{escape(_THE_REST)}</p>{_facts(ours)}"


def _facts(facts: dict[str, str]) -> str:
    """Of facts in HTML those that are told."""
    return f"<dl>{''.join(f'<dt>{term}</dt><dd>{fact}</dd>' for term, fact in facts.items() if fact)}</dl>"


def _link(contact: str) -> str:
    """An email address or a page, to be followed; it was checked when it was set (imchat.staff.sites)."""
    shown = escape(contact)
    if "@" in contact and not contact.startswith("http"):
        return f'<a href="mailto:{escape(quote(contact, safe="@"))}">{shown}</a>'
    return f'<a href="{shown}" rel="noreferrer">{shown}</a>' if contact else ""


def _processor(one: "NoticeProcessor") -> str:
    facts = {"What": one["what"], "Where": one["where"], "What makes it lawful": one["safeguard"]}
    return f"<h3>{escape(one['name'])}</h3>{_facts({term: escape(fact) for term, fact in facts.items()})}"


def _section(activity: "NoticeActivity", website: Website | None) -> str:
    facts: dict[str, str | list[str]] = {
        "Who answers for it": answering(activity["role"], [website] if website else []),
        "Why": activity["purpose"],
        "Lawful basis": activity["lawful_basis"],
        "About whom": activity["people"],
        "What": activity["categories"] or ["no personal data"],
        "Where from": activity["source"],
        "Who sees it": activity["recipients"] or ["nobody else"],
        "How long": activity["kept"],
    }
    if activity["obligation"]:
        facts["Must you give it?"] = activity["obligation"]
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


# As the consoles and the person's pages look: web/console/src/style/tokens.css, web/person/request.css.
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ground: #f5f7f7; --text: #15201f; --mute: #54625f; --line: #dde4e2;
  --accent: #0f5c58; --accent-ink: #fff; --accent-text: #0f5c58; --accent-soft: #e2f1ef; --shadow: 0 1px 2px
  #0000000f, 0 4px 16px #0000000f; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #182020; --ground: #101616; --text: #eaf1f0;
  --mute: #a5b3b0;
  --line: #2c3837; --accent: #2a8f86; --accent-ink: #00110f; --accent-text: #6fd0c6; --accent-soft: #17312f;
  --shadow: 0 1px 2px #0006, 0 4px 16px #0005; } }
* { box-sizing: border-box; margin: 0; }
html { font: 400 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%; }
body { background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
main { max-width: 46rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 3rem) 1rem 4rem; display: grid; gap: 1.25rem;
  grid-template-columns: minmax(0, 1fr); }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; }
h3 { font-size: 1rem; } h2, caption { font-size: 1.125rem; line-height: 1.3; font-weight: 650; text-align: start; }
a { color: var(--accent-text); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent-text); outline-offset: 2px; }
.about { color: var(--mute); font-size: .9375rem; margin-top: .25rem; }
.lead { color: var(--mute); }
.button { display: inline-flex; align-items: center; min-height: 46px; padding: .5rem 1.25rem; border-radius: 8px;
  background: var(--accent);
  color: var(--accent-ink); font-weight: 600; text-decoration: none; }
section, .short { display: grid; gap: .875rem; grid-template-columns: minmax(0, 1fr); padding: 1.25rem clamp(1rem,
  4vw, 1.5rem) 1.5rem;
  background: var(--paper); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shadow);
  scroll-margin-top: 1rem; }
section:target { border-color: var(--accent-text); }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { padding-bottom: .625rem; font-size: 1.125rem; }
th, td { text-align: start; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid
  var(--line); }
tr > :last-child { padding-inline-end: 0; }
tbody tr:last-child > * { border-bottom: 0; padding-bottom: 0; }
thead th { color: var(--mute); font-size: .875rem; font-weight: 550; }
tbody th { font-weight: 550; }
dl { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .5rem 1rem; font-size: .9375rem; }
dt { color: var(--mute); }
dd { margin: 0; }
pre { white-space: pre-wrap; font: .875rem/1.5 ui-monospace, monospace; padding: .75rem; background: var(--ground);
  border: 1px solid var(--line); border-radius: 8px; }
ul { padding-inline-start: 1.15rem; display: grid; gap: .125rem; }
@media (max-width: 34rem) { dl { display: block; } dt { font-size: .875rem; } dd { margin-bottom: .75rem; }
  dd:last-child { margin: 0; } }
@media print { html { font-size: 10.5pt; } body { background: #fff; color: #000; } main { display: block; max-width:
  none; padding: 0; }
  section, .short { display: block; border: 0; border-radius: 0; box-shadow: none; padding: 0; margin: 1.2em 0; }
  h2, dt { break-after: avoid; } p, dd { orphans: 3; widows: 3; } a { color: inherit; } .button { display: none; } }
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Privacy notice</title><style>{style}</style></head><body><main>
<div><h1>Privacy notice</h1><p class="about">{controller} · version {version} · updated {updated}</p></div>
<p class="lead">{before}</p>
<p>Each night a program checks on the running system whether this notice is kept:
<a href="{proof}">what it found</a>.</p>
<div class="short"><table><caption>In short</caption><thead><tr><th scope=col>What</th><th scope=col>How long</th>
<th scope=col>If you ask us to delete it</th></tr></thead><tbody>{short}</tbody></table></div>
<section id="who"><h2>Who answers for your data</h2>{who}</section>
<section id="object"><h2>Your right to object</h2>{object}<p>It is about these:</p>{objectable}
<p>Tell us, by our form or at our address; both stand under “Your rights”.</p></section>
{activities}
<section id="backups"><h2>Backups</h2><p>{backups}</p></section>
<section id="sharing"><h2>Who else gets it</h2>{sharing}{recipients}</section>
<section id="processors"><h2>Who works for us, and where</h2>{processors}<p>{transfers}</p></section>
<section id="rights"><h2>Your rights</h2>{rights}<p>{how}</p>
<p><a class="button" href="{ask_url}">Ask about your data</a></p>
<p>Our address: <a href="mailto:{contact}">{contact}</a></p></section>
<section id="complaints"><h2>Complaints</h2><p>{complain_to_us}</p>
<p>You can also complain to the Information Commissioner's Office, before or after:
<a href="{complaints}" rel="noreferrer">{complaints}</a></p></section>
<section id="cookies"><h2>Cookies and your device</h2><p>{storage}</p>
<p>{staff_storage}</p></section>
<section id="visits-off"><h2>Not to be counted</h2>{visits}<pre>{visits_button}</pre></section>
<section id="changes"><h2>Changes</h2><dl>{changes}</dl></section>
</main></body></html>
"""
