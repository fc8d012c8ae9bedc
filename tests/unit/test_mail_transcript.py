"""What a transcript looks like."""

from datetime import UTC, datetime, timedelta

import pytest

from imchat.mail.plain import direction, isolated
from imchat.mail.transcript import TranscriptLine, render
from tests.unit.mails import CHAT, quoted, read, said, transcript

INJECTION = "\"><script>alert('1')</script><img src=x onerror=y> {{ 7*7 }} &lt;"


def words(html: str) -> str:
    return " ".join("".join(read(html).words).split())


def test_a_chat_reads_well_as_plain_text() -> None:
    lines = [said("Hello!\nAnybody there?", 0), said("Yes.", 1)]
    assert render(transcript(lines=lines, timezone="Europe/Paris")).text == (
        "Your chat with Garden Shop\n\n"
        "Hello Ada,\nThis is your copy of what was said.\n\n"
        "Started: 23 November 2026, 15:03\n"
        "Ended: 23 November 2026, 15:21\n"
        "Time zone: Europe/Paris (UTC+01:00)\n"
        f"Reference: {CHAT}\n\n"
        "----------------------------------------\n\n"
        "15:03  Ada · Visitor\n    Hello!\n    Anybody there?\n\n"
        "15:03  Sam · Garden Shop\n    Yes.\n\n"
        "----------------------------------------\n\n"
        "You receive this mail because this address was given in the chat. If you had no part in it, somebody else "
        "gave your address; the privacy notice says how to reach us.\n\n"
        "The chat is kept until 23 November 2027, 15:03 at the latest, then deleted; earlier if you ask for it.\n\n"
        "Privacy notice:\nhttps://chat.example/notice\n\n"
        "Privacy policy of Garden Shop:\nhttps://garden.example/privacy\n"
    )


def test_the_page_says_what_the_text_says() -> None:
    rendered = render(transcript("Hello!", "Yes."))
    for line in rendered.text.split("\n"):
        if ": " not in line and "--" not in line and "  " not in line:
            assert line in words(rendered.html), line
    assert rendered.subject == "Your chat with Garden Shop, 23 November 2026"
    assert rendered.sender_name == "Garden Shop"


def test_N16_nothing_remote_and_nothing_that_runs() -> None:
    page = read(render(transcript("see https://evil.example/pixel.png and <img src='https://evil.example'>")).html)
    names = {name for name, _ in page.attributes}
    assert not {"src", "background", "srcset", "action"} & names
    assert not {name for name in names if name.startswith("on")}
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & set(page.tags)
    assert "url(" not in "".join(value or "" for _, value in page.attributes) + "".join(page.words)
    links = [value for name, value in page.attributes if name == "href"]
    assert links == ["https://chat.example/notice", "https://garden.example/privacy"]


def test_what_anybody_wrote_is_text_in_every_field() -> None:
    plain = transcript("x", "x")
    hostile = transcript(
        site_name=INJECTION,
        visitor_name=INJECTION,
        timezone=INJECTION,
        notice_url=INJECTION,
        site_policy_url="javascript:alert(1)//" + INJECTION,
        language=INJECTION,
        lines=[said(INJECTION, 0, INJECTION), said(INJECTION, 1, INJECTION)],
    )
    shown, expected = read(render(hostile).html), read(render(plain).html)
    assert set(shown.tags) <= set(expected.tags)
    assert {name for name, _ in shown.attributes} <= {name for name, _ in expected.attributes}
    assert "href" not in {name for name, _ in shown.attributes}
    assert shown.messages == [[INJECTION], [INJECTION]]
    assert quoted(render(hostile).text) == [INJECTION, INJECTION]
    assert render(hostile).subject.startswith(f"Your chat with {INJECTION}")


def test_names_stay_on_their_line() -> None:
    forged = "Eve\r\nBcc: x@example.com\n\n14:04  Sam\u202e\u2069\x00\ud800"
    rendered = render(transcript(site_name=forged, visitor_name=forged, lines=[said("hello", 0, forged)]))
    assert "14:03  Eve Bcc: x@example.com 14:04 Sam \ufffd · Visitor\n" in rendered.text
    assert "\n" not in rendered.subject + rendered.sender_name
    for part in (rendered.text, rendered.html, rendered.subject):
        assert not {"\u202e", "\u2069", "\x00", "\ud800", "\r"} & set(part)


def test_nobody_named_and_nothing_said() -> None:
    rendered = render(transcript(visitor_name=None, closed_at=None, site_policy_url=None))
    assert "Hello,\n" in rendered.text
    assert "Nothing was said in this chat." in rendered.text
    assert "It was still open when this copy was made." in rendered.text
    assert "Ended" not in rendered.text + rendered.html
    assert "Privacy policy" not in rendered.text + rendered.html
    anonymous = render(transcript(lines=[said("a", 0, ""), said("b", 1, "")])).text
    assert "14:03  Visitor\n" in anonymous
    assert "14:03  Garden Shop\n" in anonymous


@pytest.mark.parametrize(
    ("zone", "shown", "started"),
    [
        (None, "UTC", "14:03"),
        ("Mars/Olympus", "UTC", "14:03"),
        ("../../etc/passwd", "UTC", "14:03"),
        ("Europe", "UTC", "14:03"),
        ("", "UTC", "14:03"),
        ("a" * 9000, "UTC", "14:03"),
        ("\x00\ud800", "UTC", "14:03"),
        ("Asia/Kolkata", "Asia/Kolkata (UTC+05:30)", "19:33"),
        ("America/St_Johns", "America/St_Johns (UTC-03:30)", "10:33"),
    ],
)
def test_times_are_the_visitors_and_name_their_zone(zone: str | None, shown: str, started: str) -> None:
    text = render(transcript("hello", timezone=zone)).text
    assert f"Time zone: {shown}\n" in text
    assert f"Started: 23 November 2026, {started}\n" in text
    assert f"\n{started}  Ada" in text


def test_days_are_named_where_there_are_several_and_both_offsets_where_clocks_change() -> None:
    night = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    lines = [TranscriptLine("visitor", "Ada", text, night) for text in ("before", "after")]
    moved = [lines[0], TranscriptLine("visitor", "Ada", "after", night + timedelta(days=1))]
    later = night + timedelta(days=1, minutes=1)
    text = render(transcript(lines=moved, opened_at=night, closed_at=later, timezone="Europe/London")).text
    assert "Time zone: Europe/London (UTC+01:00, UTC+00:00)\n" in text
    assert text.index("\n25 October 2026\n") < text.index("before") < text.index("\n26 October 2026\n")
    same = render(transcript(lines=lines, opened_at=night, closed_at=later, timezone="Europe/London")).text
    assert "\n25 October 2026\n" not in same


def test_mixed_directions_read_rightly() -> None:
    arabic = "مرحبا، رقم AB-12!"
    rendered = render(
        transcript(arabic, "plain words", f"{arabic}\nplain words", "…", language="ar", visitor_name="ليلى")
    )
    page = read(rendered.html)
    directions = [value for name, value in page.attributes if name == "dir"]
    assert directions[:2] == ["rtl", "rtl"]
    assert 'class="said visitor" dir="rtl"' in rendered.html
    assert 'class="said operator" dir="ltr"' in rendered.html
    assert rendered.html.count("unicode-bidi:plaintext") == 1
    assert "\u2068Garden Shop\u2069" in rendered.text
    assert "\u2068Garden Shop\u2069" in rendered.subject
    assert "ليلى" in rendered.text
    assert "\u2068ليلى" not in rendered.text
    english = render(transcript(arabic, visitor_name="ليلى"))
    assert "Hello \u2068ليلى\u2069," in english.text
    assert '<span dir="rtl">ليلى</span>' in english.html


def test_directions() -> None:
    assert direction("123 … שלום abc", "ltr") == "rtl"
    assert direction("123 …", "rtl") == "rtl"
    assert direction("(a)", "rtl") == "ltr"
    assert isolated("Sam 1", "ltr") == "Sam 1"
    assert isolated("Sam", "rtl") == "\u2068Sam\u2069"


def test_a_chat_id_that_is_none_is_refused_without_being_repeated() -> None:
    for chat_id in ("", "../../x", "ada@example.com", "a\r\nb", "x" * 65):
        with pytest.raises(ValueError, match=r"^this is no chat id$"):
            render(transcript("hello", chat_id=chat_id))


def test_line_ends_are_told_apart_by_nobody() -> None:
    assert read(render(transcript("a\r\nb\rc\nd\u2028e")).html).messages == [["a", "b", "c", "d", "e"]]
