"""``./imchat prove`` against the running stack: everything is kept, and what is broken is found."""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import boto3
import pytest

from imchat import canaries, clock
from imchat.rights import asking
from imchat.rights.requests import open_requests
from imchat.settings import settings
from imchat.stores import accounts
from imchat.stores.limits import Limit
from infra.build import ROOT
from infra.stacks import outputs
from infra.traces import found_in
from operations.accounts import staff
from operations.prove import inbox, tracing
from operations.prove.leftovers import clear
from operations.prove.people import Canary, Visitor
from operations.prove.play import Play
from operations.prove.report import Broken
from operations.prove.staff import make_site, members
from operations.prove.stage import Stage
from tests.flow.client import staff as member_of
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def stage(tables: dict[str, Any]) -> Stage:
    """The stack, with the canaries' website."""
    described = boto3.client("cloudformation").describe_stacks(StackName="imchat-dev")["Stacks"][0]
    made = Stage(outputs(described) | {"StackName": "imchat-dev"})
    make_site(made)
    return made


@pytest.fixture
def few_requests() -> None:
    """Everybody on this machine has one address, and so many requests of one are taken in an hour."""
    for counted in Limit.scan(Limit.pk.startswith("request#")):
        counted.remove()


@pytest.mark.usefixtures("few_requests")
def test_N6_N12_N13_N17_N18_N19_canary_people_find_every_promise_kept_and_leave_nothing(
    stage: Stage, stack: dict[str, Any], tmp_path: Path
) -> None:
    """Canary people find every promise kept on the running stack, and nothing of them is left, nor of a run that was cut."""
    left = Visitor(stage.address)
    left.open(text="left open")
    request = asking.ask(
        kind="access", name=None, email=Canary.new().email, phone=None, details=None, ip="x", now=clock.now()
    )
    with pytest.MonkeyPatch.context() as cut, members(stage):
        cut.setattr("operations.prove.staff.dismiss", lambda: None)
    assert len(staff(canaries.SITE_ID)) == 3
    elsewhere = member_of(stack, "owner")
    before = elsewhere("GET", "/v1/account/statistics").json

    (tmp_path / "stack.json").write_text(json.dumps(stack))
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTHON", "IMCHAT_"))}
    done = subprocess.run(
        [ROOT / "imchat", "prove", "--local", "--json"],
        capture_output=True, text=True, check=False, timeout=300, env={**clean, "IMCHAT_LOCAL": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)["promises"]
    assert {one["outcome"] for one in told} == {"kept"}
    assert {"N2", "N4", "N6", "N7", "N12", "N13", "N17", "N18", "N19", "N22", "N24"} <= {one["promise"] for one in told}

    assert staff(canaries.SITE_ID) == []
    assert accounts.staff(canaries.SITE_ID) == []
    assert open_requests(canaries.SITE_ID, clock.now()) == []
    assert left.call("GET", "/messages?after=0").status == 404
    assert request.site_id == canaries.SITE_ID
    assert elsewhere("GET", "/v1/account/statistics").json == before


def test_N13_the_canaries_staff_have_no_rights_elsewhere_and_none_when_they_are_gone(
    stage: Stage, site: TestSite
) -> None:
    theirs = site.visitor()
    theirs.open(text="of another website", email=f"ann.{secrets.token_hex(4)}@example.org")
    asked = {"type": "erasure", "channel": "letter", "received_at": clock.now().isoformat(), "name": "Ann"}
    reference = site.privacy("POST", "/v1/desk/requests", asked).json["reference"]
    with members(stage) as canary:
        for method, path in (("GET", ""), ("POST", "/approve"), ("POST", "/links"), ("GET", "/findings?store=chats")):
            assert canary["desk"](method, f"/v1/desk/requests/{reference}{path}").status == 404, path
        assert canary["desk"]("GET", "/v1/desk/requests?state=open").json["requests"] == []
        assert canary["operator"]("GET", f"/v1/operator/chats/{theirs.chat_id}").status == 404
        assert canary["operator"]("GET", "/v1/operator/chats").json["chats"] == []
        for who, path in (
            ("operator", "/v1/desk/requests"),
            ("desk", "/v1/operator/chats"),
            ("desk", "/v1/account/sites"),
        ):
            assert canary[who]("GET", path).status == 403
    for member in canary.values():
        assert member("GET", "/v1/desk/requests").status in (401, 403)


def test_a_request_of_a_canary_comes_to_its_own_desk_which_searches_its_own_website(stage: Stage) -> None:
    from imchat.rights.scope import everywhere

    def ask(email: str) -> Any:
        given = {"kind": "erasure", "name": None, "phone": None, "details": None, "ip": email}
        return asking.ask(**given, email=email, now=clock.now())

    theirs, somebodys = ask(Canary.new().email), ask(f"ann.{secrets.token_hex(4)}@example.org")
    assert (theirs.site_id, everywhere(theirs)) == (canaries.SITE_ID, False)
    assert (somebodys.site_id, everywhere(somebodys)) == (settings().mail_site_id, True)
    clear(stage, clock.now())
    assert open_requests(canaries.SITE_ID, clock.now()) == []


@pytest.fixture
def play(stage: Stage) -> Iterator[Play]:
    """A run in which somebody has said a word and asked for nothing."""
    made = Play(stage, Canary.new(), clock.now())
    made.words("said")
    yield made
    clear(stage, clock.now())


def test_a_trace_in_a_log_and_one_in_a_table_are_found_by_all_and_by_keys(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs, word = boto3.client("logs"), play.words("said")
    group, stream = f"/aws/lambda/{play.stage.outputs['APIHandlerName']}", f"canary-{secrets.token_hex(4)}"
    line = {"timestamp": clock.milliseconds(clock.now()), "message": json.dumps({"text": f"x{word}x"})}
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[line])
    play.open("own", email=play.canary.email, text=word)
    try:
        every, by_keys = (
            {(place.kind, place.name) for place in found[word]} for found in tracing.found_traces(play, [word])
        )
        assert every == by_keys == {("log", group), ("table", "chats")}
        monkeypatch.setattr(tracing, "traces", lambda stack, values: {value: set() for value in values})
        with pytest.raises(Broken, match=rf"^traces were found in log {group}, table chats$"):
            tracing.after(play)
    finally:
        logs.delete_log_stream(logGroupName=group, logStreamName=stream)


def test_a_file_that_an_erasure_forgot_is_found_by_the_requests_reference(play: Play) -> None:
    s3, bucket, reference = boto3.client("s3"), play.stage.buckets["exports"], f"cana-{secrets.token_hex(2)}-ryry"
    play.references["erasure"] = reference
    s3.put_object(Bucket=bucket, Key=f"data-{reference}.zip", Body=play.words("said").encode())
    try:
        found = found_in(tracing.objects(play), [play.words("said"), reference])
        assert {place.kind for place in found[play.words("said")]} == {"bucket"}
        assert {place.kind for place in found[reference]} == {"object name"}
    finally:
        s3.delete_object(Bucket=bucket, Key=f"data-{reference}.zip")


def test_a_canarys_mail_is_read_as_ses_took_it_in(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """On AWS: the emulator takes in no mail."""
    s3, bucket, canary = boto3.client("s3"), stage.buckets["inbound"], Canary.new()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "chat@imchat.example", f"Canary <{canary.email}>", "Ihr Code für Ada"
    mail.set_content("Grüße, and the code:\n\n    123456\n", cte="quoted-printable")
    mail.add_alternative("<p>123456</p>", subtype="html")
    other = canaries.address("another")
    for key, to in (("one", canary.email), ("two", other)):
        mail.replace_header("To", f"Canary <{to}>")
        s3.put_object(Bucket=bucket, Key=f"{canaries.PREFIX}{key}", Body=bytes(mail))
    monkeypatch.setattr(Stage, "emulator", None)
    (read,) = inbox.mails(stage, canary.email)
    assert (read.subject, inbox.next_code(stage, canary.email)) == ("Ihr Code für Ada", "123456")
    inbox.clear(stage)
    assert inbox.mails(stage, canary.email) == inbox.mails(stage, other) == []
