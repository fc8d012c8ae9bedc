"""Packaging a stage: when, where, and by how many at once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra import build


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sources of their own, and the stages that were packaged from them, by a Chalice that is a few lines."""
    stages: list[str] = []

    def chalice(stage: str, folder: Path) -> Path:
        stages.append(stage)
        made = folder / "chalice"
        made.mkdir()
        (made / "sam.json").write_text(json.dumps({"stage": stage, "source": (tmp_path / "app.py").read_text()}))
        return made

    (tmp_path / "app.py").write_text("one")
    for name, value in {
        "ROOT": tmp_path, "BUILD": tmp_path / "build", "INPUTS": ("app.py", "functions"), "_chalice": chalice,
        "_functions": lambda source, target, on: target.write_text("zip"),
        "_layer": lambda target, on: target.write_text("zip"), "finish": lambda template, on: template, "lint": lambda template: None,
    }.items():  # fmt: skip
        monkeypatch.setattr(build, name, value)
    return stages


def made(stage: str) -> dict[str, str]:
    template: dict[str, str] = json.loads(build.build(stage, log=lambda *_: None).read_text())
    return template


def test_it_packages_when_something_changed_and_only_then(tmp_path: Path, packaged: list[str]) -> None:
    assert made("dev") == made("dev") == {"stage": "dev", "source": "one"}
    assert packaged == ["dev"]
    (tmp_path / "app.py").write_text("two")
    assert made("dev") == {"stage": "dev", "source": "two"}
    assert packaged == ["dev", "dev"]


def test_what_python_compiles_meanwhile_is_no_change(tmp_path: Path, packaged: list[str]) -> None:
    made("dev")
    compiled = tmp_path / "functions" / "__pycache__"
    compiled.mkdir(parents=True)
    (compiled / "visitor.cpython-311.pyc.140181").write_text("half of it")
    made("dev")
    assert packaged == ["dev"]


def test_another_stage_leaves_what_is_packaged_and_the_pages_alone(tmp_path: Path, packaged: list[str]) -> None:
    (tmp_path / "build" / "web").mkdir(parents=True)
    made("dev")
    assert made("staging")["stage"] == "staging"
    assert made("dev")["stage"] == "dev"
    assert packaged == ["dev", "staging"]
    assert (tmp_path / "build" / "web").is_dir()


def test_what_failed_is_packaged_anew(packaged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(template: Path) -> None:
        raise build.BuildFailed("cfn-lint found: ...")

    with monkeypatch.context() as patched:
        patched.setattr(build, "lint", broken)
        for _ in range(2):
            with pytest.raises(build.BuildFailed):
                made("dev")
    assert made("dev")["stage"] == "dev"
    assert packaged == ["dev"] * 3


def test_several_at_once_package_once(packaged: list[str]) -> None:
    together = threading.Barrier(4)

    def one(_: int) -> dict[str, str]:
        together.wait()
        return made("dev")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(4))) == [{"stage": "dev", "source": "one"}] * 4
    assert packaged == ["dev"]
