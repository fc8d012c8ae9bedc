"""N3: of a browser only its family is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.browser import family

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}"
ANDROID = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {WEBKIT}"


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36", "chrome"),
        (f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36", "chrome"),
        (f"{IPHONE} CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1", "chrome"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Ubuntu Chromium/80.0 Chrome/80.0 Safari/537.36", "chrome"),
        (f"Mozilla/5.0 (Linux; Android 9; CUBOT X19) {WEBKIT} Chrome/100.0.0.0 Mobile Safari/537.36", "chrome"),
        (f"{ANDROID} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36", "chrome"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0", "firefox"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "firefox"),
        (f"{IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15", "firefox"),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "safari"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
            "Safari/605.1.15",
            "safari",
        ),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.68", "edge"),
        (f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36 EdgA/126.0.2592.56", "edge"),
        (f"{IPHONE} Version/17.0 EdgiOS/126.0 Mobile/15E148 Safari/604.1", "edge"),
        (f"{WINDOWS} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763", "edge"),
        (f"{WINDOWS} Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0", "opera"),
        ("Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18", "opera"),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1 OPT/4.7.1", "opera"),
        (
            f"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile "
            "Safari/537.36",
            "samsung",
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        (f"{WEBKIT}; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0 Safari/537.36", "bot"),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "bot"),
        ("curl/8.5.0", "bot"),
        ("python-requests/2.32.3", "bot"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/126.0.0.0 Safari/537.36", "bot"),
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "other"),
        (
            "Mozilla/5.0 (Linux; U; Android 4.0.3; de-de) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile "
            "Safari/534.30",
            "other",
        ),
        ("", "other"),
        (None, "other"),
    ],
)
def test_N3_family(agent: str | None, expected: str) -> None:
    assert family(agent) == expected


@given(st.text(max_size=2000))
def test_N3_whatever_it_says_nothing_else_is_kept(agent: str) -> None:
    assert family(agent) in {"chrome", "firefox", "safari", "edge", "opera", "samsung", "bot", "other"}
