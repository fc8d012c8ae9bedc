"""HTML as the text that a person reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.mail.html_text import html_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>c   d\n e", "a\n  b\nc d e"),
        ("<style>p > b {}</style>a<SCRIPT>if (a<b) '</p>'</SCRIPT >b<title>t</title>", "ab"),
        ("<head>x<meta></head><body>a", "a"),
        ("<head><meta><body>a", "a"),
        ("<head><meta>a", "a"),
        ("<!DOCTYPE html><!-- a > b --><?xml?><![if x]>a<![endif]>", "a"),
        ("<a title='a > b' href=\"x\">c</a>", "c"),
        ("<a title='a>b<i>c", "bc"),
        ("1 < 2 & 3 <4> &lt;b&gt; &#8364; &euro; &#128512;", "1 < 2 & 3 <4> <b> € € 😀"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
        ("a</ >b</", "ab"),
        ("a<!-- b", "a"),
        ("a<b", "a"),
        ("a<style>b", "a"),
        ("<p>a b <b> c</b></p>", "a b c"),
        ("", ""),
    ],
)
def test_html_as_text(html: str, text: str) -> None:
    assert html_text(html) == text


@given(st.text(st.sampled_from("<>/!-\"'= abp&;#1\n")))
def test_any_html_is_read(html: str) -> None:
    html_text(html)


@pytest.mark.parametrize(
    "unit", ["<", "<a ", "<!--", "<!-- >", '<a b=">" ', "<head>", "<a b='", "</", "<style>x</style>", "&#1", "<? "]
)
def test_malformed_html_of_any_length_is_read_at_once(unit: str) -> None:
    """A hundred times more where the work grew as the square: it would run into the time limit of all tests."""
    html_text(unit * (1_000_000 // len(unit)))
