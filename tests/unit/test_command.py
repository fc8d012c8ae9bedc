"""``imchat``: what it takes, what it says, and that what is written about it is so."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import click
import pytest
from botocore import session, xform_name
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import rsa

from imchat.bundle.signing import pem
from imchat.errors import Conflict
from infra import alarms
from operations.command import asking, main
from operations.command.main import WORDS, imchat
from tests.unit.bundles import contents, public_key, write

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs" / "operations.md"
WRITTEN = [ROOT / "README.md", OPERATIONS]
FENCED = re.compile(r"^( *)```\w*\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def leaves(
    command: click.Command = imchat, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with its words."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, (*path, name))


LEAVES = dict(leaves())


def commands_in(text: str, programs: str = r"\./imchat|imchat|make") -> Iterator[list[str]]:
    """The commands of ours, or of ``programs``, that a page names, in blocks and in lines, as words."""
    blocks = [block.replace("\\\n", " ") for _, block in FENCED.findall(text)]
    lines = [line for block in blocks for line in block.splitlines()]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", FENCED.sub("", text))]
    for said in [*lines, *spans]:
        if re.match(rf"\s*({programs}) [a-z-]", said):
            yield shlex.split(said, comments=True)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The options of each command that is asked for and, here, not carried out."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(click.Command, "invoke", lambda self, ctx: asked.append(ctx.params))
    return asked


def run(*words: str, **more: Any) -> Result:
    return CliRunner().invoke(imchat, words, prog_name="imchat", **more)


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_one(page: Path, parsed: list[dict[str, Any]]) -> None:
    named = list(commands_in(page.read_text()))
    assert len(named) > 5
    targets = set(re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split())
    takes = (ROOT / "Makefile").read_text() + "".join(file.read_text() for file in (ROOT / "infra").glob("*.py"))
    for program, *words in named:
        if program == "make":
            assert words[0] in targets, words
            for word in words[1:]:
                name, equals, _ = word.partition("=")
                assert equals, words
                assert re.search(rf"\b{name}\b", takes), words
            continue
        parsed.clear()
        assert (done := run(*words, input="y\n")).exit_code == 0, (words, done.output)
        if words == ["--help"]:
            continue
        options = parsed[-1]
        assert "stage" not in options or bool(options["stage"]) != options["local"], words


def test_every_call_of_aws_that_the_guide_names_is_one() -> None:
    """But `aws s3`, which has words of its own; `aws s3api` are the calls of the service."""
    known = session.get_session()
    named = [words for words in commands_in(OPERATIONS.read_text(), "aws") if words[1] != "s3"]
    assert len(named) > 5
    for _, service, operation, *words in named:
        model = known.get_service_model(service.removesuffix("api"))
        called = {xform_name(name, "-"): name for name in model.operation_names}[operation]
        takes = {xform_name(name, "-") for name in model.operation_model(called).input_shape.members}
        options = {re.sub(r"^--(no-)?", "", word) for word in words if word.startswith("--")}
        assert options - {"query", "output"} <= takes, (operation, options)


def test_every_command_is_written_about() -> None:
    named = [words[1:] for words in commands_in(OPERATIONS.read_text() + (ROOT / "README.md").read_text())]
    assert {path[0] for path in LEAVES} - {"promises"} <= {words[0] for words in named if words}


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_help_of_each_command_says_what_it_does_with_an_example_that_parses(
    path: tuple[str, ...], parsed: list[dict[str, Any]]
) -> None:
    told = (LEAVES[path].help or "").replace("\b", "")
    assert re.match(r"[A-Z].*[.:?]", told, re.DOTALL)
    (example,) = re.findall(r"Example: (imchat .*)", " ".join(told.split()))
    words = shlex.split(example)[1:]
    assert tuple(words[: len(path)]) == path
    assert (done := run(*words, input="y\n")).exit_code == 0, done.output
    assert all(option.help for option in LEAVES[path].params if isinstance(option, click.Option))


def test_help_lists_every_command_without_loading_it() -> None:
    told = run("--help").output
    assert all(f"  {word} " in told for word in WORDS)
    assert {file.stem for file in (ROOT / "operations" / "command").glob("*.py")} == {
        "__init__", "__main__", "main", "asking", *WORDS,
    }  # fmt: skip


@pytest.mark.parametrize("where", [[], ["--stage", "dev", "--local"], ["--stage", "test"]])
def test_without_one_place_it_is_asked_in_the_wrong_way(where: list[str]) -> None:
    done = run("site", "list", *where)
    assert done.exit_code == 2
    assert "--stage" in done.output


@pytest.mark.parametrize("words", [["nothing"], ["site"], ["site", "nothing"], ["site", "show"], ["redrive", "--what"]])
def test_what_is_no_command_is_asked_in_the_wrong_way(words: list[str]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_without_a_running_stack_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMCHAT_LOCAL", str(tmp_path))
    done = run("status", "--local")
    assert done.exit_code == 1
    assert done.output == "Error: Nothing runs here: start it with `make run`, and wait until it is ready.\n"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            ClientError({"Error": {"Code": "ValidationError", "Message": "Stack does not exist"}}, "DescribeStacks"),
            "Error: There is no stage prod in this account and region.\n",
        ),
        (
            KeyError("ChatsTable"),
            "Error: The stage prod was deployed from another version than this clone: it has no output 'ChatsTable'.\n",
        ),
        (NoCredentialsError(), "Error: AWS credentials and a region must be in the environment.\n"),
        (
            ReadTimeoutError(endpoint_url="https://aws"),
            'Error: AWS said: Read timeout on endpoint URL: "https://aws"\n',
        ),
    ],
)
def test_a_stage_that_cannot_be_spoken_to_is_one_sentence(
    failure: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def use_stage(stage: str) -> dict[str, str]:
        raise failure

    monkeypatch.setattr("infra.stacks.use_stage", use_stage)
    done = run("status", "--stage", "prod")
    assert (done.exit_code, done.output) == (1, said)


def test_what_goes_wrong_is_said_in_the_words_of_the_refusal_and_nothing_else() -> None:
    @click.command()
    def refused() -> None:
        with asking.said_plainly():
            raise Conflict("no", "This cannot be.")

    done = CliRunner().invoke(refused)
    assert (done.exit_code, done.output) == (1, "Error: This cannot be.\n")


@pytest.mark.parametrize(
    ("said", "right"),
    [("2026-11-20T10:00Z", True), ("2026-11-20T10:00:30+01:00", True), ("2026-11-20T10:00", False), ("monday", False)],
)
def test_a_moment_needs_its_offset(said: str, right: bool, parsed: list[dict[str, Any]]) -> None:
    done = run("restore", "--store", "chats", "--to", said, "--local")
    assert (done.exit_code == 0) is right
    if right:
        assert parsed[-1]["to"].tzinfo is not None


@pytest.mark.parametrize("words", [["rotate", "address"], ["rotate", "identity", "demo"], ["rotate", "leaked-token"]])
def test_what_destroys_is_asked_for_first(words: list[str], parsed: list[dict[str, Any]]) -> None:
    before = len(parsed)
    assert run(*words, "--local", input="n\n").exit_code == 1
    assert run(*words, "--local", "--yes").exit_code == 0
    assert sum(1 for options in parsed[before:] if "local" in options) == 1


class _Published(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/v1/signing-key" else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"pem": pem(public_key()).decode()}).encode())

    def log_message(self, *_: Any) -> None:
        pass


def test_a_copy_is_checked_with_the_key_that_is_published(tmp_path: Path) -> None:
    (tmp_path / "copy.zip").write_bytes(write(contents()))
    (tmp_path / "other.pem").write_bytes(pem(public_key(rsa.generate_private_key(65537, 2048))))
    with HTTPServer(("127.0.0.1", 0), _Published) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        done = run("verify", str(tmp_path / "copy.zip"), "--from", address)
        assert (done.exit_code, "with the key that you gave" in done.output) == (0, True)
        assert run("verify", str(tmp_path / "copy.zip"), "--from", f"{address}/elsewhere").exit_code == 2
        server.shutdown()
    assert run("verify", str(tmp_path / "copy.zip")).exit_code == 0
    assert run("verify", str(tmp_path / "copy.zip"), "--key", str(tmp_path / "other.pem")).exit_code == 1
    assert run("verify", str(tmp_path / "none.zip")).exit_code == 2
    for wrong in (["--from", "http://example.org"], ["--from", address, "--key", "key.pem"]):
        assert run("verify", str(tmp_path / "copy.zip"), *wrong).exit_code == 2


def test_the_published_key_is_kept_as_the_guide_says_and_checks_copies_of_before(tmp_path: Path) -> None:
    (line,) = [line.strip() for line in OPERATIONS.read_text().splitlines() if "/v1/signing-key |" in line]
    (tmp_path / "copy.zip").write_bytes(write(contents()))
    with HTTPServer(("127.0.0.1", 0), _Published) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        subprocess.run(["/bin/bash", "-c", line.replace("https://chat.example.com", address)], check=True, cwd=tmp_path)
        server.shutdown()
    assert run("verify", str(tmp_path / "copy.zip"), "--key", str(tmp_path / "earlier.pem")).exit_code == 0


def test_the_promises_are_run_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(os, "execv", lambda program, words: ran.append(words))
    monkeypatch.chdir(ROOT / "docs")
    assert run("promises", "-k", "N17").exit_code == 0
    assert ran == [[sys.executable, "-m", "tests.promises", "-k", "N17"]]
    assert Path.cwd() == ROOT


def chapters() -> set[str]:
    return {
        line.lstrip("#").split("*(")[0].strip() for line in OPERATIONS.read_text().splitlines() if line.startswith("#")
    }


def test_every_chapter_that_is_named_is_there() -> None:
    """By status, by alarms, by what commands say."""
    named = set(re.findall(r'"([A-Z][a-z]+(?: [a-z,]+)+)"', (ROOT / "operations" / "status.py").read_text()))
    for file in [
        one for room in ("infra", "operations") for kind in ("py", "yaml") for one in (ROOT / room).rglob(f"*.{kind}")
    ]:
        named |= set(re.findall(r"docs/operations\.md, “([^”{]+)”", file.read_text()))
    named |= {alarms.FAILS, alarms.QUEUE, alarms.DEAD, alarms.BUSY, alarms.CLOCK, alarms.MAIL}
    named |= {alarms.REQUESTS, alarms.MACHINE}
    assert {"When a function fails", "A breach", "The first time"} <= named
    assert named <= chapters()


def test_links_within_the_guide_lead_somewhere() -> None:
    anchors = {re.sub(r"[^a-z0-9 -]", "", chapter.lower()).replace(" ", "-") for chapter in chapters()}
    assert set(re.findall(r"\]\(#([^)]+)\)", OPERATIONS.read_text())) <= anchors


def test_the_words_stand_in_one_place() -> None:
    assert main.WORDS.keys() == {path[0] for path in LEAVES}
