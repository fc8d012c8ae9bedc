"""Building the pages: when, with what, and what a failure says."""

import json
import sys
from pathlib import Path

import pytest

from infra import web
from infra.build import BuildFailed
from infra.web import Node, build_web, installed, new_enough

# Stands for npm: notes how it was called, and makes one page from the source.
NPM = """
import sys, pathlib
pathlib.Path("calls").open("a").write(" ".join(sys.argv[1:3]) + "\\n")
if sys.argv[1] == "run":
    source = pathlib.Path("page.html").read_text()
    if "broken" in source:
        sys.exit("page.html: this cannot be built")
    pathlib.Path({out!r}).mkdir()
    pathlib.Path({out!r}, "page.html").write_text(source)
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources of their own, and an npm that is a few lines of Python."""
    source, built = tmp_path / "web", tmp_path / "build"
    (source / "shop" / "shop").mkdir(parents=True)
    (source / "shop" / "index.html").write_text("the shop")
    (source / "page.html").write_text("one")
    (source / "package-lock.json").write_text(
        json.dumps({"packages": {"": {}, "node_modules/vite": {"version": "1.0.0"}}})
    )
    npm = tmp_path / "npm.py"
    npm.write_text(NPM.format(out=str(built / "web")))
    node = Node(Path(sys.executable), (sys.executable, str(npm)))
    for name, value in {
        "ROOT": tmp_path, "SOURCE": source, "SHOP": source / "shop", "BUILD": built, "WEB": built / "web",
        "_MARK": built / "web.inputs", "find_node": lambda log: node,
    }.items():  # fmt: skip
        monkeypatch.setattr(web, name, value)
    return source


def calls(source: Path) -> list[str]:
    """What npm was asked, and forget it: it counts as a source."""
    file = source / "calls"
    asked = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return asked


def quietly() -> Path:
    return build_web(log=lambda *_: None)


def test_it_builds_when_something_changed_and_only_then(source: Path) -> None:
    folder = quietly()
    assert (folder / "page.html").read_text() == "one"
    assert (folder / "index.html").read_text() == "the shop"
    assert calls(source) == ["ci --ignore-scripts", "run build"]
    quietly()
    assert calls(source) == []
    (source / "page.html").write_text("two")
    (source / "node_modules" / "vite").mkdir(parents=True)
    (source / "node_modules" / ".package-lock.json").write_text(
        json.dumps({"packages": {"node_modules/vite": {"version": "1.0.0"}}})
    )
    assert (quietly() / "page.html").read_text() == "two"
    assert calls(source) == ["run build"]
    (source / "node_modules" / "vite" / "index.js").write_text("no source of ours")
    quietly()
    assert calls(source) == []


def test_what_is_no_more_is_no_more_there(source: Path) -> None:
    (source / "shop" / "sale.html").write_text("a sale")
    assert (quietly() / "sale.html").exists()
    (source / "shop" / "sale.html").unlink()
    assert not (quietly() / "sale.html").exists()


def test_a_failure_says_what_npm_said_and_is_not_taken_for_a_build(source: Path) -> None:
    quietly()
    (source / "page.html").write_text("broken")
    for _ in range(2):
        with pytest.raises(BuildFailed, match=r"npm run build failed\.\npage.html: this cannot be built"):
            quietly()
    (source / "page.html").write_text("mended")
    assert (quietly() / "page.html").read_text() == "mended"


@pytest.mark.parametrize(
    ("there", "enough"),
    [
        ({"node_modules/vite": "1.0.0"}, True),
        ({"node_modules/vite": "1.0.0", "node_modules/for-this-machine": "2.0.0"}, True),
        ({"node_modules/vite": "0.9.0"}, False),
        ({"node_modules/vite": "1.0.0", "node_modules/left-over": "1.0.0"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_packages_are_installed_anew_when_they_are_not_those_of_the_lock(
    source: Path, there: dict[str, str] | None, enough: bool
) -> None:
    packages = {
        "": {},
        "node_modules/vite": {"version": "1.0.0"},
        "node_modules/for-this-machine": {"version": "2.0.0", "optional": True},
        "node_modules/for-another": {"version": "2.0.0", "optional": True},
    }
    (source / "package-lock.json").write_text(json.dumps({"packages": packages}))
    if there is not None:
        (source / "node_modules").mkdir()
        listed = {name: {"version": version} for name, version in there.items()}
        (source / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": listed}))
    assert installed() == enough


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.19.0", True), ("v20.18.3", False), ("v21.7.0", False), ("v22.11.0", False), ("v22.12.0", True),
        ("v24.0.0", True), ("v18.20.0", False), ("", False), ("unknown", False),
    ],
)  # fmt: skip
def test_which_node_is_new_enough(version: str, enough: bool) -> None:
    assert new_enough(version) == enough
