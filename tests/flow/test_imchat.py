"""``./imchat`` as an engineer types it, against the running stack: a website's whole life."""

import json
import os
import re
import secrets
import stat
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from infra.build import ROOT
from tests.flow.client import Api, Visitor, until
from tests.flow.pages import Page

ORIGIN = "https://corner.example"
Imchat = Callable[..., "subprocess.CompletedProcess[str]"]
pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def imchat(stack: dict[str, Any], tmp_path: Path) -> Imchat:
    """The command, in a folder that is not the clone's, with nothing of AWS in its environment."""
    (tmp_path / "stack.json").write_text(json.dumps(stack))
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTHON", "IMCHAT_"))}
    clean = {key: value for key, value in clean.items() if not key.endswith("_TABLE")}

    def run(*words: str, status: int | None = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [ROOT / "imchat", *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**clean, "IMCHAT_LOCAL": str(tmp_path)},
            timeout=300,
        )
        assert status in (None, done.returncode), (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run


def test_what_a_night_found_is_said(imchat: Imchat) -> None:
    found = json.loads(imchat("proof", "--json", "--local", status=None).stdout)
    assert {one["check"] for one in found} >= {"expiry", "permissions", "pages"}


def test_a_website_is_made_staffed_looked_at_exported_and_removed(
    imchat: Imchat, stack: dict[str, Any], tmp_path: Path
) -> None:
    site_id, username = f"shop-{secrets.token_hex(4)}", f"olga-{secrets.token_hex(4)}"
    begun = datetime.now().astimezone()
    imchat("site", "create", site_id, "--name", "Corner Shop", "--origin", ORIGIN, "--local")
    said = imchat("site", "create", site_id, "--name", "Corner Shop", "--origin", ORIGIN, "--local", status=1)
    assert said.stderr == "Error: There is a site of this id already.\n"
    imchat("site", "change", site_id, "--period", "30 days", "--local")
    shown = json.loads(imchat("site", "show", site_id, "--json", "--local").stdout)
    assert (shown["name"], shown["origins"], shown["period"]) == ("Corner Shop", [ORIGIN], "30 days")
    assert "identity_secret" not in shown

    added = imchat("staff", "add", username, "--site", site_id, "--name", "Olga", "--group", "operator", "--local")
    password = added.stdout.split()[-1]
    page = Page(stack)
    assert page.sign_in(username, password).json["challenge"] == "new_password"
    imchat("staff", "disable", username, "--local")
    (listed,) = json.loads(imchat("staff", "list", "--site", site_id, "--json", "--local").stdout)
    assert (listed["username"], listed["groups"], listed["state"]) == (username, ["operator"], "DISABLED")
    assert page.sign_in(username, password).status == 401

    email = f"ada.{secrets.token_hex(4)}@example.org"
    for _ in range(2):
        assert Visitor(stack, site_id, ORIGIN).open(email=email, text="hello").status == 201
    found = imchat(
        "breach", "--from", begun.isoformat(), "--site", site_id, "--contacts", "tell.csv", "--json", "--local"
    )
    facts = json.loads(found.stdout)
    assert (facts["people"], facts["told_by"]["email"], facts["sites"][site_id]) == (2, 1, 5)
    assert (datetime.fromisoformat(facts["ico_by"]) - begun).total_seconds() // 3600 == 72
    assert email not in found.stdout + found.stderr
    assert email in (tmp_path / "tell.csv").read_text()
    assert stat.S_IMODE((tmp_path / "tell.csv").stat().st_mode) == 0o600

    imchat("export", "leaving", "--site", site_id, "--local")
    assert len((tmp_path / "leaving" / "chats.jsonl").read_text().splitlines()) == 2
    assert imchat("site", "remove", site_id, "--local", status=None).returncode != 0  # nobody is there to ask
    assert Api(stack)("GET", f"/v1/sites/{site_id}").status == 200
    receipt = json.loads(imchat("site", "remove", site_id, "--yes", "--json", "--local").stdout)
    removed = {line["what"]: line["removed"] for line in receipt if line["removed"]}
    assert (removed["Chats"], removed["Staff who could sign in"]) == (2, 1)
    assert Api(stack)("GET", f"/v1/sites/{site_id}").status == 404
    assert site_id not in imchat("site", "list", "--local").stdout


def test_what_failed_is_seen_tried_again_and_done(imchat: Imchat, stack: dict[str, Any]) -> None:
    sqs, dead = Api(stack).client("sqs"), stack["queues"]["transcripts_dead"]
    for queue in (stack["queues"]["transcripts"], dead):  # what other tests left would come back and back
        sqs.purge_queue(QueueUrl=queue)
    job = json.dumps({"chat_id": "a" * 26, "job": 1})  # of a chat that is gone: there is nothing to send
    sqs.send_message(QueueUrl=dead, MessageBody=job)
    seen = imchat("queues", "--json", "--local", status=1)
    waiting = {one["queue"]: one["waiting"] for one in json.loads(seen.stdout)}
    assert waiting["TranscriptDeadLetters"] >= 1
    told = imchat("redrive", "TranscriptDeadLetters", "--local")
    assert told.stdout == f"TranscriptDeadLetters: {waiting['TranscriptDeadLetters']} moved back to their queue\n"

    def left(queue: str) -> int:
        attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return sum(int(attributes[name]) for name in attributes if name.startswith("ApproximateNumberOf"))

    until(lambda: left(dead) == left(stack["queues"]["transcripts"]) == 0)


@pytest.mark.usefixtures("no_other_requests")
def test_one_screen_tells_whether_everything_is_alive(imchat: Imchat, stack: dict[str, Any]) -> None:
    imchat("sweep", "--local")
    lines = {one["what"]: one for one in json.loads(imchat("status", "--json", "--local", status=None).stdout)}
    assert lines["stack"]["fine"]
    assert lines["API"] == {
        "what": "API", "fine": True, "said": f"{stack['web_url']}/v1/notice answers 200", "situation": "",
    }  # fmt: skip
    assert lines["sweeper"]["said"].startswith("last at")
    assert {
        "version",
        "queue TranscriptQueue",
        "queue TranscriptDeadLetters",
        "requests overdue",
        "requests stuck",
    } <= set(lines)
    assert all(one["situation"] for one in lines.values() if not one["fine"] and not one["what"].startswith("alarm"))
    told = imchat("logs", "Sweeper", "--local", status=None)  # other tests may have left something for it to say
    if told.returncode == 0:
        assert told.stdout == "Nothing went wrong.\n"
    else:
        assert (told.returncode, told.stderr) == (1, "")
        assert re.match(r"\d\d \w+ \d\d:\d\d:\d\d UTC  Sweeper  \S", told.stdout)
    assert (
        imchat("requests", "retry", "aaaa-bbbb-cccc", "--local", status=1).stderr
        == "Error: There is no such request.\n"
    )


def test_a_store_is_restored_by_one_command(imchat: Imchat) -> None:
    told = imchat("restore", "--store", "disclosures", "--to", datetime.now().astimezone().isoformat(), "--local")
    assert told.stdout.startswith("0 items are back.")
    assert "is deleted: it was personal data." in told.stderr
