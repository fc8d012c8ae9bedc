"""The register: one source for periods, notice and what is said before anything is asked."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.controller import COMPLAIN_TO_US
from imchat.register.notice import UPDATED, VERSION, VISITS_ENTRY, notice
from imchat.register.notice_page import notice_html
from imchat.register.stores import activities
from imchat.register.words import LANGUAGES, choose, period_in_words, widget_text
from imchat.stores.chats import ACTIVITY as CHATS
from imchat.stores.evidence import ACTIVITY as EVIDENCE
from imchat.stores.statistics import ACTIVITY as STATISTICS
from imchat.values import InvalidValue

NOW = datetime(2026, 11, 23, 10, 11, 12, 987654, tzinfo=UTC)
ASK = "https://chat.example/ask.html"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"period": None}, "personal data without a period"),
        ({"period_starts": ""}, "starts nowhere"),
        ({"erasure": "retained"}, "without a reason"),
        ({"retained_because": "we like it"}, "without being retained"),
        ({"purpose": ""}, "not said"),
        ({"period": Period(13, "month")}, "13 months is longer than the 12 months that the notice promises"),
        ({"period": Period(366, "day")}, "longer than the 12 months"),
    ],
)
def test_an_activity_that_does_not_hold_together_is_refused_by_name(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=f"activity chats: .*{why}"):
        replace(CHATS, **changes)


def test_no_personal_data_need_no_period() -> None:
    assert STATISTICS.categories == ()
    assert STATISTICS.period is None
    with pytest.raises(ValueError, match="statistics has no period"):
        STATISTICS.expires_at(NOW)


@pytest.mark.parametrize("activity", [CHATS, EVIDENCE])
def test_N17_N19_twelve_calendar_months(activity: Activity) -> None:
    assert activity.period == Period(12, "month")
    assert activity.expires_at(NOW) == int(datetime(2027, 11, 23, 10, 11, 12, tzinfo=UTC).timestamp())
    leap_day = datetime(2028, 2, 29, tzinfo=UTC)
    assert activity.expires_at(leap_day) == int(datetime(2029, 2, 28, tzinfo=UTC).timestamp())


def test_N17_a_site_may_keep_chats_for_less_and_never_for_more() -> None:
    assert CHATS.expires_at(NOW, Period(30, "day")) == int(datetime(2026, 12, 23, 10, 11, 12, tzinfo=UTC).timestamp())
    assert CHATS.shortened(Period(365, "day")) == Period(365, "day")
    for longer in (Period(366, "day"), Period(13, "month")):
        with pytest.raises(InvalidValue, match="chats"):
            CHATS.shortened(longer)
        with pytest.raises(InvalidValue, match="chats"):
            CHATS.expires_at(NOW, longer)


def test_N18_N19_what_an_erasure_does() -> None:
    assert CHATS.erasure == "erased"
    assert (EVIDENCE.erasure, EVIDENCE.retained_because) == ("retained", "evidence of use")


def test_every_activity_once() -> None:
    names = [activity.name for activity in activities()]
    assert names == [
        "chats", "evidence", "correspondence", "purchases", "requests", "disclosures", "statistics", "visits",
        "accounts", "limits", "connections", "ledger",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "period", "words"),
    [
        ("en", Period(12, "month"), "12 months"),
        ("en", Period(1, "day"), "1 day"),
        ("en", Period(24, "month"), "24 months"),
        ("en", Period(36, "month"), "3 years"),
        ("en", Period(72, "month"), "6 years"),
        ("en", Period(37, "month"), "37 months"),
        ("fr", Period(72, "month"), "6 ans"),
        ("ar", Period(36, "month"), "3 سنوات"),
        ("ar", Period(132, "month"), "11 سنة"),
        ("fr", Period(1, "day"), "1 jour"),
        ("fr", Period(30, "day"), "30 jours"),
        ("fr", Period(1, "month"), "1 mois"),
        ("de", Period(1, "month"), "1 Monat"),
        ("de", Period(12, "month"), "12 Monate"),
        ("de", Period(1, "day"), "1 Tag"),
        ("de", Period(30, "day"), "30 Tage"),
        ("de", Period(72, "month"), "6 Jahre"),
        ("es", Period(1, "month"), "1 mes"),
        ("es", Period(12, "month"), "12 meses"),
        ("es", Period(1, "day"), "1 día"),
        ("es", Period(30, "day"), "30 días"),
        ("es", Period(72, "month"), "6 años"),
        ("ar", Period(12, "month"), "12 شهرًا"),
        ("ar", Period(1, "month"), "شهرًا واحدًا"),
        ("ar", Period(2, "month"), "شهرين"),
        ("ar", Period(6, "month"), "6 أشهر"),
        ("ar", Period(2, "day"), "يومين"),
        ("ar", Period(10, "day"), "10 أيام"),
        ("ar", Period(90, "day"), "90 يومًا"),
        ("ar", Period(100, "day"), "100 يوم"),
        ("ar", Period(105, "day"), "105 أيام"),
        ("ar", Period(365, "day"), "365 يومًا"),
    ],
)
def test_periods_as_people_say_them(language: str, period: Period, words: str) -> None:
    assert period_in_words(period, language) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_N2_the_widget_says_how_long_from_the_register(language: str) -> None:
    assert widget_text(language).count(period_in_words(CHATS.lasting, language)) == 2
    shorter = widget_text(language, "30 days")
    assert period_in_words(Period(30, "day"), language) in shorter
    # The system log keeps to its own period, and nobody is told otherwise.
    assert period_in_words(EVIDENCE.lasting, language) in shorter
    assert "{" not in shorter


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("fr-CA,en;q=0.5", "fr"),
        ("AR_eg", "ar"),
        ("nl, fr;q=0.9", "fr"),
        ("de-AT", "de"),
        ("es_MX", "es"),
        ("nl", "en"),
        ("", "en"),
        ("*", "en"),
        (";;,,", "en"),
    ],
)
def test_N2_in_the_visitors_language_where_there_are_words(asked: str, answered: str) -> None:
    assert widget_text(asked) == widget_text(answered)


@pytest.mark.parametrize(
    ("asked", "offered", "otherwise", "chosen"),
    [
        ("fr-CA,de;q=0.5", LANGUAGES, "en", "fr"),
        ("fr-CA,de;q=0.5", ["en", "de"], "en", "de"),
        ("nl", ["en", "de"], "de", "de"),
        ("fr", ["de"], "de", "de"),
        ("sw", ["sw"], "sw", "en"),
    ],
)
def test_a_site_offers_some_of_the_languages(asked: str, offered: list[str], otherwise: str, chosen: str) -> None:
    assert choose(asked, offered, otherwise) == chosen


def test_N17_the_widget_never_says_longer_than_the_notice() -> None:
    with pytest.raises(InvalidValue):
        widget_text("en", "24 months")


def test_N23_the_notice_says_what_the_register_says() -> None:
    said = notice(NOW)
    assert said["version"] == VERSION
    assert said["updated"] == UPDATED.isoformat()
    assert said["changes"][0]["date"] == UPDATED.isoformat()
    assert [activity["name"] for activity in said["activities"]] == [activity.name for activity in activities()]
    chats = said["activities"][0]
    assert (chats["kept_for"], chats["kept_from"]) == ("12 months", "the opening of the chat")
    assert said["storage_on_your_device"]["cookies"] == []
    assert said["storage_on_your_device"]["session_storage"] == ["imchat"]
    assert said["as_of"] == "2026-11-23T10:11:12+00:00"


def test_N1_N23_the_notice_says_why_visits_are_counted_and_how_to_refuse_it() -> None:
    [visits] = [activity for activity in notice(NOW)["activities"] if activity["name"] == "visits"]
    assert "6(1)(f)" in visits["lawful_basis"]
    assert "PECR" in visits["lawful_basis"]
    said = notice(NOW)
    words = " ".join(said["visits"]["text"])
    assert said["storage_on_your_device"]["local_storage"] == [VISITS_ENTRY]
    assert VISITS_ENTRY in said["storage_on_your_device"]["text"]
    for named in ("Do Not Track", "Global Privacy Control", "“Do not count my visits”", VISITS_ENTRY, "button"):
        assert named in words
    page = Page()
    page.feed(notice_html(NOW, ASK))
    assert said["visits"]["button"] in page.text, "as text, to be copied"


class Page(HTMLParser):
    """What a page says, and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "action", "data", "poster", "background", "style") or name.startswith("on"):
                self.fetched.append(f"{tag} {name}")
            if name == "href":
                (self.links if tag == "a" else self.fetched).append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def test_N16_N23_the_page_says_all_of_it_and_fetches_nothing() -> None:
    html = notice_html(NOW, ASK)
    page = Page()
    page.feed(html)
    assert page.open == []
    said = " ".join(page.text.split())
    for activity in activities():
        for words in (activity.title, activity.purpose, activity.lawful_basis, activity.source, activity.at_end):
            assert words in said
        for words in (*activity.categories, *activity.recipients):
            assert words in said
    for words in ("12 months from the opening of the chat", "UK data-protection law", "imchat", "23 November 2026"):
        assert words in said
    assert "1998" not in html
    sections = [activity.name for activity in activities() if activity.categories]
    assert [link[1:] for link in page.links if link[0] == "#"] == sections
    assert all(f'id="{name}"' in html for name in sections)
    assert page.fetched == []
    assert [link for link in page.links if link[0] != "#"] == [
        "/proof",
        ASK,
        "mailto:dataprotection@imsupporting.com",
        "https://ico.org.uk/make-a-complaint/",
    ]
    for forbidden in ("<script", "<link", "<img", "@import", "url("):
        assert forbidden not in html
    assert "@media print" in html
    assert 'name="viewport"' in html


def test_N23_the_notice_says_how_to_complain_to_us() -> None:
    """DPA 2018, s 164A."""
    page = Page()
    page.feed(notice_html(NOW, ASK))
    assert COMPLAIN_TO_US in " ".join(page.text.split())
    assert notice(NOW)["complain_to_us"] == COMPLAIN_TO_US
    for words in ("right to complain to us", "by our form", "by letter", "Within 30 days"):
        assert words in COMPLAIN_TO_US


def test_the_page_escapes_what_activities_say(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = replace(CHATS, name='"><i>', title="<b>", purpose="<script>{x}</script>", categories=("<u>", "&"))
    monkeypatch.setattr("imchat.register.notice.activities", lambda: [hostile])
    html = notice_html(NOW, ASK)
    assert "<script" not in html
    assert "&lt;script&gt;{x}&lt;/script&gt;" in html
    for tag in ("<b>", "<u>", "<i>"):
        assert tag not in html


@pytest.mark.parametrize("activity", [one for one in activities() if one.categories], ids=lambda one: one.name)
def test_N18_what_an_erasure_leaves_has_an_exception_of_the_law_or_says_that_no_ground_applies(
    activity: Activity,
) -> None:
    if activity.erasure == "erased":
        assert activity.retained_under is None
        return
    assert re.search(
        r"UK GDPR Article 17\(3\)\([b-e]\)|no ground of UK GDPR Article 17\(1\) applies: ", str(activity.retained_under)
    )
