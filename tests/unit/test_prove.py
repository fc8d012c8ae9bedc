"""``imchat prove``: what its lines mean, and that each check can fail. The run itself is in tests/flow/test_prove.py."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3
import yaml
from botocore.exceptions import ClientError
from click.testing import CliRunner

from imchat import canaries
from imchat.bundle.signing import pem
from imchat.register.controller import CONTACT
from imchat.register.promises import PROMISES
from infra.build import ROOT
from operations.command.main import imchat
from operations.prove import chatting, copying, inbox, run, staff, tracing
from operations.prove.api import Answer, Api
from operations.prove.copy import judge
from operations.prove.people import Canary, Visitor
from operations.prove.play import Play, Step
from operations.prove.report import BROKEN, KEPT, UNTRIED, Broken, Line, Untried, status
from operations.prove.run import AFTERWARDS, SCENES, tried
from operations.prove.staff import signed_in
from operations.prove.stage import Stage
from operations.prove.totp import code_of
from tests.unit.bundles import contents, public_key, write


def outcome(do: Callable[[Any], str]) -> tuple[str, str]:
    line = tried(Step("N6", "it is so", do), None)  # type: ignore[arg-type]
    return line.outcome, line.seen


def raising(error: Exception) -> Callable[[Any], str]:
    def do(play: Any) -> str:
        raise error

    return do


def test_a_check_that_fails_by_itself_is_never_taken_for_a_promise_kept() -> None:
    denied = ClientError(
        {"Error": {"Code": "AccessDenied", "Message": "canary@example.org may not"}}, "FilterLogEvents"
    )
    assert outcome(lambda play: "seen") == (KEPT, "seen")
    assert outcome(raising(Broken("two mails came"))) == (BROKEN, "two mails came")
    assert outcome(raising(Untried("no mail"))) == (UNTRIED, "no mail")
    assert outcome(raising(denied)) == (UNTRIED, "AWS said AccessDenied to FilterLogEvents")
    assert outcome(raising(KeyError("canary@example.org"))) == (UNTRIED, "the check failed: KeyError")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [([KEPT, KEPT], 0), ([KEPT, UNTRIED], 2), ([UNTRIED, BROKEN, KEPT], 1), ([], 2)],
)
def test_the_exit_status_says_the_worst(outcomes: list[str], expected: int) -> None:
    assert status(Line("N6", "it is so", one, "") for one in outcomes) == expected


def test_every_line_names_a_promise_of_the_notice() -> None:
    for step in (*SCENES, *AFTERWARDS):
        assert step.promise == "desk" or int(step.promise[1:]) in PROMISES


@pytest.mark.parametrize(("answered", "error"), [(500, Broken), (200, Broken), (503, Untried), (429, Untried)])
def test_an_answer_that_was_not_promised_is_broken_and_none_is_untried(answered: int, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"answered {answered} wrong_code"):
        Answer(answered, b'{"type": "/problems/wrong_code", "detail": "of canary"}').of(201)


def test_a_stage_that_is_not_there_is_untried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.prove.api._pool", urllib3.PoolManager(retries=False, timeout=1))
    with pytest.raises(Untried, match="nothing answers"):
        Api("http://127.0.0.1:9")("GET", "/v1/notice")


def without(bundle: bytes, name: str) -> bytes:
    """The copy with a file less, its list and its signature as they were."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as whole, zipfile.ZipFile(out, "w") as less:
        for member in whole.infolist():
            if member.filename != name:
                less.writestr(member, whole.read(member))
    return out.getvalue()


def test_a_copy_that_lost_a_file_or_a_word_or_is_anothers_is_found() -> None:
    bundle, key = write(contents()), pem(public_key())
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        word = re.findall(r"\w{6,}", archive.read("export.json").decode())[0]
    assert re.match(r"\d+ files, signed by [0-9a-f ]+, with all 1 things", judge(bundle, key, [word]))
    for broken, held, why in (
        (without(bundle, "export.json"), [word], "not as it was signed|cannot be read"),
        (bundle.replace(b"README", b"READYE", 1), [word], "not as it was signed|cannot be read"),
        (b"<html>", [word], "cannot be read"),
        (bundle, [word, "a word that is nowhere"], "^1 of 2 things that are held are not in the copy$"),
    ):
        with pytest.raises(Broken, match=why):
            judge(broken, key, held)
    with pytest.raises(Broken, match="not as it was signed"):
        judge(bundle, pem(public_key(_another_key())), [word])


def _another_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(65537, 2048)


class Told(Visitor):
    """A visitor whose page shows what a test says."""

    def __init__(self, *, state: str = "sent", texts: tuple[str, ...] = (), ends: str = "") -> None:
        super().__init__("https://chat.example.com", expires_at=ends)
        self.state, self.texts = state, list(texts)

    def open(self, **fields: Any) -> None:
        pass

    def say(self, text: str) -> None:
        self.texts.append(text)

    def read(self) -> dict[str, Any]:
        return {"messages": [{"text": text} for text in self.texts], "transcript": {"state": self.state}}

    def call(self, method: str, path: str = "", body: Any = None) -> Answer:
        return Answer(200, b'{"transcript": "queued"}')


def playing(visitor: Visitor) -> Play:
    stage: Any = SimpleNamespace(
        address="https://chat.example.com", emulator=None, until=lambda what, happens: happens()
    )
    play = Play(stage, Canary.new(), None)  # type: ignore[arg-type]
    play.chats = dict.fromkeys(("own", "anonymous"), visitor)
    return play


@pytest.mark.parametrize(
    ("check", "visitor", "why"),
    [
        (chatting.card, Told(), "a card number stands in the chat"),
        (chatting.period, Told(ends="2999-01-01T00:00:00+00:00"), "the chat ends on 01 January 2999"),
        (chatting.no_copy, Told(), "the copy of a chat without an address is queued"),
    ],
)
def test_a_promise_that_is_broken_is_seen(check: Callable[[Play], str], visitor: Visitor, why: str) -> None:
    with pytest.raises(Broken, match=why):
        check(playing(visitor))


def test_a_second_copy_to_an_address_that_refused_one_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_with_copy", lambda play, kind, name="": Told(state="sent"))
    with pytest.raises(Broken, match="another copy went"):
        copying.sent_back(playing(Told()))


def test_a_step_whose_ground_is_missing_is_untried() -> None:
    play = playing(Told())
    play.chats.clear()
    line = tried(Step("N22", "no card number is kept", chatting.card), play)
    assert (line.outcome, line.seen) == (UNTRIED, "the chat was not opened")


def test_on_a_guarded_stage_an_authenticator_app_is_set_up() -> None:
    secret = "JBSWY3DPEHPK3PXP"
    asked = {"state": "challenge", "challenge": "totp_setup", "session": "s", "username": "u", "secret": secret}
    sent: list[Any] = []

    def api(method: str, path: str, body: Any) -> Answer:
        sent.append((path, body))
        return Answer(200, json.dumps(asked if len(sent) == 1 else {"state": "signed_in", "id_token": "t"}).encode())

    before = time.time()
    assert signed_in(api, "u", "p") == "t"  # type: ignore[arg-type]
    path, answer = sent[1]
    assert path == "/v1/sign-in/challenge"
    assert answer.pop("code") in {code_of(secret, before), code_of(secret, time.time())}
    assert answer == {"challenge": "totp_setup", "session": "s", "username": "u"}
    del asked["secret"]
    sent.clear()
    with pytest.raises(Untried, match="asks for totp_setup"):
        signed_in(api, "u", "p")  # type: ignore[arg-type]


@pytest.mark.parametrize(("active", "reached"), [("imchat-prod", True), ("imchat-staging", False), (None, False)])
def test_where_mail_goes_to_another_stage_nothing_that_needs_it_is_said(
    active: str | None, reached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"Metadata": {"Name": active}} if active else {}
    ses = SimpleNamespace(describe_active_receipt_rule_set=lambda: told)
    monkeypatch.setattr(inbox, "boto3", SimpleNamespace(client=lambda service: ses))
    stage: Any = SimpleNamespace(emulator=None, stack="imchat-prod")
    if reached:
        inbox.needs(stage)
    else:
        with pytest.raises(Untried, match="not the active ones"):
            inbox.needs(stage)


@pytest.mark.parametrize(
    ("stack", "emulator", "people"),
    [
        ("imchat-prod", None, True),
        ("imchat-staging", None, True),
        ("imchat-dev", None, False),
        ("imchat-dev", "x", False),
    ],
)
def test_everything_is_read_only_where_nobodys_data_are(
    stack: str, emulator: str | None, people: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stage, "emulator", emulator)
    assert Stage({"StackName": stack}).holds_people is people
    read: list[str] = []
    for way in ("traces", "by_keys", "_all_stored"):
        monkeypatch.setattr(tracing, way, lambda *_, way=way: read.append(way) or {})
    monkeypatch.setattr(Stage, "tables", {})
    monkeypatch.setattr(Stage, "buckets", {})
    list(tracing.found_traces(SimpleNamespace(stage=Stage({"StackName": stack})), []))  # type: ignore[arg-type]
    assert read == (["by_keys"] if people else ["traces", "by_keys"] if emulator else ["_all_stored"])


@pytest.mark.parametrize(
    ("email", "theirs"),
    [
        (canaries.address("a1b2"), True),
        (" Canary+A1B2@IMsupporting.com ", True),
        (canaries.ADDRESS, False),
        (CONTACT, False),
        ("canary+a1b2@example.org", False),
        ("canary+a1b2@imsupporting.com.example.org", False),
        ("acanary+a1b2@imsupporting.com", False),
        ("nothing", False),
        (None, False),
    ],
)
def test_only_labels_of_the_canaries_address_are_canaries(email: str | None, theirs: bool) -> None:
    assert canaries.is_canary(email) is theirs


def test_the_canaries_mail_is_taken_in_apart_from_peoples() -> None:
    resources = yaml.safe_load((ROOT / "infra" / "stack" / "inbound.yaml").read_text())["Resources"]
    rule = resources["CanaryMail"]["Properties"]["Rule"]
    assert rule["Recipients"] == [canaries.ADDRESS]
    assert rule["Actions"][0]["S3Action"]["ObjectKeyPrefix"] == canaries.PREFIX


def test_whatever_cuts_a_run_its_staff_are_removed_and_what_it_left_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def cut(play: Play) -> str:
        done.append("played")
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "clear", lambda stage, now: done.append("cleared"))
    monkeypatch.setattr(run, "make_site", lambda stage: done.append("made"))
    monkeypatch.setattr(staff, "dismiss", lambda: done.append("dismissed"))
    monkeypatch.setattr(staff, "_member", lambda stage, username, group: None)
    monkeypatch.setattr(run, "SCENES", (Step("N6", "it is so", cut), Step("N6", "never tried", cut)))
    with pytest.raises(KeyboardInterrupt):
        run.run(Stage({}), lambda line: None)
    assert done == ["cleared", "made", "played", "dismissed", "cleared"]

    def refused(stage: Stage, username: str, group: str) -> None:
        raise Untried("signing in asks for sms")

    monkeypatch.setattr(staff, "_member", refused)
    done.clear()
    with pytest.raises(Untried):
        run.run(Stage({}), lambda line: None)
    assert done == ["cleared", "made", "dismissed", "cleared"]


def asked(monkeypatch: pytest.MonkeyPatch, *words: str, stage: str = "prod", lines: Any = (), **more: Any) -> Any:
    monkeypatch.setattr("operations.command.asking._stack", lambda stage: {"StackName": f"imchat-{stage}"})
    monkeypatch.setattr(run, "run", lambda stage, tell: [tell(line) or line for line in lines])
    return CliRunner().invoke(imchat, ["prove", "--stage", stage, *words], prog_name="imchat", **more)


def test_it_asks_before_it_plays_on_prod_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [Line("N6", "it is so", KEPT, "seen")]
    refused = asked(monkeypatch, lines=kept, input="n\n")
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (2, "Error: Nothing was tried.")
    assert asked(monkeypatch, lines=kept, input="y\n").exit_code == 0
    assert asked(monkeypatch, "--yes", lines=kept).exit_code == 0
    assert asked(monkeypatch, lines=kept, stage="staging").exit_code == 0


def test_what_keeps_it_from_trying_says_nothing_of_the_promises(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for error in (Untried("signing in asks for sms"), KeyboardInterrupt()):

        def cut(stage: Any, tell: Any, error: BaseException = error) -> Any:
            raise error

        monkeypatch.setattr("operations.command.asking._stack", lambda stage: {"StackName": f"imchat-{stage}"})
        monkeypatch.setattr(run, "run", cut)
        done = CliRunner().invoke(imchat, ["prove", "--stage", "dev"], prog_name="imchat")
        assert (done.exit_code, done.output.startswith("Error: ")) == (2, True)
    monkeypatch.setenv("IMCHAT_LOCAL", str(tmp_path))
    assert CliRunner().invoke(imchat, ["prove", "--local"], prog_name="imchat").exit_code == 2
