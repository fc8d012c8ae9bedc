"""The notice cannot link the consoles' stylesheet, so it repeats its colours: they stay the same."""

import re
from datetime import UTC, datetime
from pathlib import Path

from imchat.register.notice_page import notice_html

TOKENS = Path(__file__).resolve().parents[2] / "web" / "console" / "src" / "style" / "tokens.css"


def colours(css: str) -> list[dict[str, str]]:
    """Of each ``:root``, by day and by night, what its variables are."""
    return [
        {name: " ".join(value.split()) for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", root)}
        for root in re.findall(r":root\s*{([^}]*)}", css)
    ]


def test_the_notice_has_the_colours_of_the_consoles() -> None:
    theirs = colours(TOKENS.read_text(encoding="utf-8"))
    ours = colours(notice_html(datetime(2026, 11, 24, tzinfo=UTC), "https://chat.example/ask.html"))
    assert [len(colours) > 5 for colours in ours] == [True, True]
    for mine, all_of_them in zip(ours, theirs, strict=True):
        assert mine.items() <= all_of_them.items()
