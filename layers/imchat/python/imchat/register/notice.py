"""The notice, made from the register (N23): its words, and as it is given to machines."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from imchat.register.activity import LAST_STATE, RECOVERY, Activity
from imchat.register.controller import (
    COMPLAIN_TO_US,
    COMPLAINTS,
    CONTACT,
    CONTROLLER,
    RECIPIENTS,
    Website,
    particulars,
    processors,
    region,
    transfers,
)
from imchat.register.stores import activities
from imchat.register.words import kept_in_words, period_in_words, widget_text

if TYPE_CHECKING:
    from imchat import shapes

__all__ = ["UPDATED", "VERSION", "notice", "widget_text"]

# Newest first.
CHANGES = (
    (
        date(2026, 12, 1),
        "Each night a program checks on the running system whether this notice is kept; what it found is published.",
    ),
    (
        date(2026, 12, 1),
        "Visits to pages have a lawful basis, legitimate interests, and can be refused in the chat window's menu.",
    ),
    (
        date(2026, 12, 1),
        "It is said of each kind of data who answers for it: the website for its chats, on whose behalf we run them, "
        "or we. Those who work for us are named, with where they are and what makes that lawful. The lawful basis of "
        "operators' accounts is legitimate interests. The right to object has a section of its own. It is said what "
        "must be given, and what the pages of staff keep.",
    ),
    (
        date(2026, 12, 1),
        "You have the right to complain to us about how we use your data, and we say how: within 30 days we tell you "
        "that we have your complaint. Of a request we keep how it came to us, and where its answer goes, if that is "
        "another address than the one that is searched.",
    ),
    (
        date(2026, 12, 1),
        "A request by our form or to our data-protection address searches every website for which we answer; a "
        "website that answers itself is named to you, and your request is passed on to it. The IP address of a chat "
        "is kept, to stop abuse, until the end of the day (UTC) after the chat ended, and no longer as long as the "
        "chat. A chat without contact details can be found with its key, which the tab in which you chatted keeps, "
        "or by its website, day, time and words that you wrote: then two people judge whether it is yours.",
    ),
    (
        date(2026, 12, 1),
        "The system log keeps a name and an email address for twelve months from each of the person's own acts: what "
        "our staff and our system do is noted without them. They go sooner where a person's interests outweigh ours, "
        "or a court or the Commissioner orders it. Data whose use is restricted are hidden from our own staff too, "
        "until two people unlock something for a reason that the law names. When a purchase is to be deleted, its "
        "email address and phone number go at once. Should a backup have to be restored, restrictions hold again, and "
        "a detail that was corrected does not come back.",
    ),
    (
        date(2026, 12, 1),
        "Statistics keep no number below five by itself: it is counted with its month or year. Parts of a page's "
        "address that may name somebody are left out. What a mail says is kept with the mail only, and no longer in "
        "the request that it makes. The ids of our letters are kept with the reference of their request, so that "
        "answers reach it. The system log notes which detail was corrected, and keeps nothing of a phone number but a "
        "keyed hash; who of the staff looked at something is noted without a name or address, also for lists. A copy "
        "of a chat is mailed once somebody has answered in it. What our mail service keeps of addresses from which a "
        "mail came back is said.",
    ),
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
# Where the nightly proof is published (imchat.prover), on the address of the notice.
PROOF_PATH = "/proof"
# The entry of a website's local storage that ends the counting of visits there: web/widget/visits.ts.
VISITS_ENTRY = "imchat-not-counted"
# For a website's own policy page; it works without the widget.
VISITS_BUTTON = (
    f"<button type=\"button\" onclick=\"localStorage.setItem('{VISITS_ENTRY}', '1'); "
    "this.textContent = 'Your visits are not counted'; this.disabled = true\">Do not count my visits</button>"
)

RIGHTS = (
    "Under UK data-protection law you can ask what we hold about you.",
    "You get a description of it, why we hold it, who it could be disclosed to, and a copy that you can read.",
    "You can have mistakes corrected, data deleted, or their use restricted, object to it, and take them elsewhere.",
    "It costs nothing, and we answer within one month; where that is not enough, we say so and why within the month, "
    "and answer within three.",
    "No decision about you is made by computer alone, and no profile of you is made.",
    "A chat that you opened you can correct and delete yourself, in the chat window, at any time.",
)
HOW_TO_ASK = (
    "Use our form or write to us. Name the name or email address that you gave, so that we can find your data, and "
    "prove that you are you. Without proof nothing is given to anybody. Our form and our data-protection address "
    "search every website for which we answer. A website that answers itself is named to you, and we pass your "
    "request on to it. A chat without contact details has no copy that can be sent later. In the tab in which you "
    "chatted you can read, copy and delete it, and copy its key, by which our form finds it. Else tell us the website, "
    "the day and time, and words that you wrote: what fits, two people judge, after you have proved who you are. We "
    "never look for anybody by a time or an IP address alone."
)
BEFORE_YOU_WRITE = (
    "The chat is free, and nothing is installed. Every detail may be left blank or invented. If you give an email "
    "address, a copy of the chat goes to it once an operator has written, and only to it. "
    "A website may keep chats for a shorter time than is said here, never for longer."
)
STORAGE = (
    "We set no cookies for visitors. While you chat, your "
    "browser keeps one entry in its session storage, named “imchat”: which chat it is, the key to it, how far you have "
    "read, and whether the window is open. It is gone when you end the chat or close the tab. Before you open a chat, "
    "nothing is kept on your device, unless you choose not to be counted: then there is one entry in the website's "
    f"local storage, named “{VISITS_ENTRY}”."
)
# What staff's pages keep, by the names it has there: web/console/src, functions/sign_in.py.
STAFF_COOKIE = "imchat_refresh"
STAFF_STORAGE_KEYS = ("chats:muted", "chats:letters-off")
STAFF_STORAGE = (
    f"Staff who sign in get one cookie, “{STAFF_COOKIE}”, which keeps them signed in for twelve hours at most. Their "
    "browser's session storage keeps two choices until the tab is closed: whether the sound is off "
    f"(“{STAFF_STORAGE_KEYS[0]}”), and whether single letters are shortcuts (“{STAFF_STORAGE_KEYS[1]}”)."
)
VISITS = (
    "We count which pages of a website are visited, so that it can be made better, and for nothing else. No count "
    "stands for anybody.",
    "You can say no at any time: choose “Do not count my visits” in the menu of the chat window. Your browser then "
    f"keeps one entry in that website's local storage, named “{VISITS_ENTRY}”, until you choose “Count my visits "
    "again” or clear your browser's data for the website. As long as it is there, nothing about your visits is sent.",
    "Whoever's browser sends Do Not Track or Global Privacy Control is not counted. Nor is anybody whose browser keeps "
    "nothing for the website.",
    "Owners of websites can put this button on a page of their own, best on their privacy policy; it does the same. "
    "Where the page's security policy forbids scripts within the page, a script of the page sets the same entry.",
)
BACKUPS = (
    "What was deleted can still be in our encrypted backups for {days}. They are used for nothing but to repair the "
    "system after a disaster, and then what was deleted before is deleted again, what was restricted is "
    "restricted again, and what was corrected does not come back. "
    f"Should the whole service end, its last state stays there for {period_in_words(LAST_STATE)}."
)
SHARING = (
    "Personal data are never sold, used for advertising, or put on a mailing list.",
    "Beside those who work for us, who are named here, they are disclosed to others only where the law requires it.",
    "A website that carries our chat has a privacy policy of its own, which applies as well.",
    "What you write to us on social media is kept there, under those companies' policies.",
)


OBJECTING = (
    "You can object at any time to what is done on the basis of legitimate interests, for reasons of your own "
    "situation. It is then stopped, unless there are compelling grounds that weigh more than your interests, or it is "
    "needed for legal claims; we say which.",
    "Nothing is used for direct marketing, so there is nothing of that to object to.",
    "Visits you can refuse without any reason: see “Not to be counted”.",
)


def notice(now: datetime, website: Website | None = None) -> "shapes.Notice":
    """The notice for machines; ``now`` is when it was asked for, ``website`` the one on which it was asked for. Holds
    nothing about anybody."""
    here = region()
    ours = particulars()
    return {
        "version": VERSION,
        "updated": UPDATED.isoformat(),
        "changes": [{"date": day.isoformat(), "what": what} for day, what in CHANGES],
        "as_of": now.isoformat(timespec="seconds"),
        "controller": CONTROLLER,
        "contact": CONTACT,
        "address": ours.address or None,
        "company_number": ours.company_number or None,
        "data_protection_officer": ours.officer or None,
        "representative": ours.representative or None,
        "website": as_told(website) if website else None,
        "before_you_write": BEFORE_YOU_WRITE,
        "activities": [_activity(activity) for activity in activities()],
        "backups": BACKUPS.format(days=period_in_words(RECOVERY)),
        "sharing": list(SHARING),
        "processors": sub_processors(here),
        "recipients": list(RECIPIENTS),
        "transfers": transfers(here),
        "right_to_object": {"text": list(OBJECTING), "activities": [one.title for one in objectable()]},
        "rights": list(RIGHTS),
        "how_to_ask": HOW_TO_ASK,
        "complain_to_us": COMPLAIN_TO_US,
        "complaints": COMPLAINTS,
        "proof": PROOF_PATH,
        "storage_on_your_device": {
            "text": STORAGE,
            "cookies": [],
            "session_storage": list(STORAGE_KEYS),
            "local_storage": [VISITS_ENTRY],
        },
        "storage_of_staff": {
            "text": STAFF_STORAGE,
            "cookies": [STAFF_COOKIE],
            "session_storage": list(STAFF_STORAGE_KEYS),
            "local_storage": [],
        },
        "visits": {"text": list(VISITS), "button": VISITS_BUTTON},
    }


def objectable() -> list[Activity]:
    """What a person may object to (UK GDPR Art 21(1))."""
    return [activity for activity in activities() if activity.legitimate_interests]


def sub_processors(region: str) -> "list[shapes.NoticeProcessor]":
    """Who works for us where the service runs in ``region``."""
    return [
        {"name": one.name, "what": one.what, "where": one.where, "safeguard": one.safeguard}
        for one in processors(region)
    ]


def as_told(website: Website) -> "shapes.NoticeWebsite":
    """Who answers for a website's chats."""
    return {
        "site_id": website.site_id,
        "name": website.name,
        "controller": website.controller,
        "address": website.address,
        "contact": website.contact,
        "policy_url": website.policy_url,
    }


def _activity(activity: Activity) -> "shapes.NoticeActivity":
    return {
        "name": activity.name,
        "title": activity.title,
        "role": activity.role,
        "people": activity.people,
        "purpose": activity.purpose,
        "lawful_basis": activity.lawful_basis,
        "categories": list(activity.categories),
        "source": activity.source,
        "recipients": list(activity.recipients),
        "obligation": activity.obligation or None,
        "kept_for": period_in_words(activity.period) if activity.period else activity.lasts,
        "kept_from": activity.period_starts or None,
        "at_end": activity.at_end,
        "kept": kept_in_words(activity),
        "erasure": activity.erasure,
        "retained_because": activity.retained_because,
    }
