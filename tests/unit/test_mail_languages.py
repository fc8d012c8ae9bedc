"""One file a language, all saying the same."""

import string
import tomllib
from dataclasses import fields

import pytest

from imchat.mail import language as module
from imchat.mail.language import Language, language, languages
from imchat.mail.transcript import render
from imchat.register.words import LANGUAGES
from tests.unit.mails import built, parsed, read, transcript


def words(tag: str) -> dict[str, str | list[str]]:
    return tomllib.loads((module._FOLDER / f"{tag}.toml").read_text(encoding="utf-8"))


def gaps(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def test_there_are_those_of_the_widget_and_english_is_one() -> None:
    assert languages() == ("ar", "de", "en", "es", "fr") == tuple(sorted(LANGUAGES))


@pytest.mark.parametrize("tag", languages())
def test_all_languages_have_the_same_keys_and_gaps(tag: str) -> None:
    mine, english = words(tag), words("en")
    assert list(mine) == list(english) == [field.name for field in fields(Language)]
    assert mine["tag"] == tag
    assert mine["direction"] in ("ltr", "rtl")
    assert len(mine["months"]) == len(set(mine["months"])) == 12
    for key, sentence in english.items():
        assert mine[key]
        if isinstance(sentence, str):
            assert gaps(str(mine[key])) == gaps(sentence), key


@pytest.mark.parametrize(
    ("tag", "chosen"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("FR_be", "fr"),
        ("ar-SA-u-nu-latn", "ar"),
        ("en-GB", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("es-MX", "es"),
        ("nl", "en"),
        ("", "en"),
        ("-", "en"),
        ("../en", "en"),
        ("*", "en"),
        ("\x00\ud800", "en"),
    ],
)
def test_a_language_without_words_is_answered_in_english(tag: str, chosen: str) -> None:
    assert language(tag).tag == chosen
    assert render(transcript("hello", language=tag)).language == chosen


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize("number", [0, 1, 600])
def test_every_language_makes_a_mail_of_every_kind(tag: str, number: int) -> None:
    texts = ["hello " * 30] * number
    rendered = render(transcript(*texts, language=tag))
    mail = parsed(built(rendered))
    assert mail["Content-Language"] == tag
    assert bool(rendered.attachments) == (number == 600)
    assert ("lang", tag) in read(rendered.html).attributes
    assert "{" not in rendered.text + rendered.subject
    assert mail["Subject"] == rendered.subject
    months = words(tag)["months"]
    assert str(months[10]) in rendered.text
