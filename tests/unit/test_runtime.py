"""What the functions run on is one setting, whatever Python and machine package them."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import archive, build, runtime, wheels
from infra.local import run
from infra.local.emulator import NotStarted
from infra.runtime import NotSupported, Runtime

ARM = Runtime("python3.12", "arm64")
# Those of the Pythons that this may be packaged with that are here, each by what it says of itself.
NAMED = [found for minor in (11, 12, 13) if (found := shutil.which(f"python3.{minor}"))]
INSTALLED = Path.home().glob(".pyenv/versions/3.1[123].*/bin/python")
ASKED = "import sys; print(*sys.version_info[:2], sep='.')"


def version_of(python: str) -> str:
    done = subprocess.run([python, "-c", ASKED], capture_output=True, text=True, check=False)
    return done.stdout.strip()  # nothing of a name that leads nowhere


PYTHONS = {found: one for one in (sys.executable, *NAMED, *map(str, INSTALLED)) if (found := version_of(one))}
ZIPPED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from infra import archive
archive.zip_folder(Path(sys.argv[2]), Path(sys.argv[3]), None)
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of Chalice's configuration that may be changed."""
    config = tmp_path / "config.json"
    shutil.copy(runtime.CONFIG, config)
    monkeypatch.setattr(runtime, "CONFIG", config)
    return config


def change(config: Path, **more: object) -> None:
    config.write_text(json.dumps(json.loads(config.read_text()) | more))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A few files of all kinds, made in no order."""
    folder = tmp_path / "sources"
    for name, content in (("z.py", "A = 1\n"), ("a/b.py", "B = 'ü'\n"), ("a.txt", "text"), ("a/broken.py", "def {{\n")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    (folder / "z.py").chmod(0o600)
    return folder


def test_the_runtime_is_python_3_11_on_x86_where_nothing_else_is_set() -> None:
    assert runtime.of_stage("dev") == runtime.of_stage("prod") == Runtime("python3.11", "x86_64")


def test_one_setting_changes_the_runtime_its_bytecode_and_its_wheels(settings: Path) -> None:
    change(settings, runtime="python3.12", lambda_architecture="arm64")
    on = runtime.of_stage("dev")
    assert on == ARM
    assert (on.cache_tag, on.version, on.machine) == ("cpython-312", "3.12", "aarch64")
    command = wheels._command(Path("requirements.txt"), on, Path("wheels"))
    assert {"--only-binary=:all:", "--python-version=3.12", "--abi=cp312", "--no-deps"} <= set(command)
    platforms = [one for one in command if one.startswith("--platform=")]
    assert platforms[0] == "--platform=manylinux_2_34_aarch64"
    assert platforms[-1] == "--platform=manylinux2014_aarch64"
    assert all(one.endswith("_aarch64") for one in platforms)


def test_no_wheel_wants_a_newer_glibc_than_the_runtime_has() -> None:
    assert "manylinux_2_26_x86_64" in Runtime("python3.11", "x86_64").platforms()
    assert not {f"manylinux_2_{minor}_x86_64" for minor in range(27, 40)} & set(
        Runtime("python3.11", "x86_64").platforms()
    )


def test_a_stage_may_have_an_architecture_of_its_own(settings: Path) -> None:
    change(settings, stages={"dev": {}, "prod": {"lambda_architecture": "arm64"}})
    assert runtime.of_stage("dev").architecture == "x86_64"
    assert runtime.of_stage("prod").architecture == "arm64"


@pytest.mark.parametrize(("setting", "value"), [("runtime", "python3.9"), ("lambda_architecture", "riscv")])
def test_a_build_for_what_is_not_known_is_refused_by_name(settings: Path, setting: str, value: str) -> None:
    change(settings, **{setting: value})
    with pytest.raises(NotSupported, match=f"{setting} is '{value}'"):
        runtime.of_stage("dev")
    with pytest.raises(build.BuildFailed, match=f"{setting} is '{value}'"):
        build.build("dev")


def test_the_template_says_what_is_set() -> None:
    layer = {"Type": "AWS::Serverless::LayerVersion", "Properties": {}}
    made = {"Layer": layer, "Machine": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.13"}}}
    build._run_on(made, ARM)
    assert made["Machine"]["Properties"]["Runtime"] == "python3.12"
    assert made["Machine"]["Properties"]["Architectures"] == ["arm64"]
    assert made["Layer"]["Properties"]["CompatibleRuntimes"] == ["python3.12"]
    assert made["Layer"]["Properties"]["CompatibleArchitectures"] == ["arm64"]


def test_the_local_stack_refuses_to_run_what_is_packaged_for_another_python(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with (
        pytest.raises(NotStarted, match=r"packaged for python3\.11 on Linux \(x86_64\).*of darwin"),
        run.running(1, 2, tmp_path / "local"),
    ):
        pass
    assert not (tmp_path / "local").exists()


def test_another_python_than_the_runtimes_leaves_bytecode_out_and_says_so(sources: Path, tmp_path: Path) -> None:
    other = Runtime("python3.12" if sys.version_info[:2] != (3, 12) else "python3.13", "x86_64")
    here = Runtime(f"python3.{sys.version_info.minor}", "x86_64")
    assert (here.is_this, other.is_this, other.runs_here) == (True, False, False)
    assert "without bytecode" in build._bytecode_of(other)
    assert build._bytecode_of(here) == "precompiling"
    build._zip(sources, tmp_path / "other.zip", other)
    build._zip(sources, tmp_path / "here.zip", here)
    left, whole = (zipfile.ZipFile(tmp_path / name) for name in ("other.zip", "here.zip"))
    assert left.namelist() == ["a.txt", "a/b.py", "a/broken.py", "z.py"]
    tag = sys.implementation.cache_tag
    assert set(whole.namelist()) - set(left.namelist()) == {f"__pycache__/z.{tag}.pyc", f"a/__pycache__/b.{tag}.pyc"}
    assert all(whole.read(name) == left.read(name) for name in left.namelist())


def test_every_python_that_is_here_makes_the_same_bytes(sources: Path, tmp_path: Path) -> None:
    for version, python in PYTHONS.items():
        subprocess.run(
            [python, "-I", "-c", ZIPPED, str(build.ROOT), str(sources), str(tmp_path / version)],
            check=True,
            capture_output=True,
        )
    archive.zip_folder(sources, tmp_path / "ours", None)
    assert {version: (tmp_path / version).read_bytes() == (tmp_path / "ours").read_bytes() for version in PYTHONS} == (
        dict.fromkeys(PYTHONS, True)
    )


def test_a_wheel_is_unpacked_with_its_libraries_and_without_its_scripts(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "one-1-py3-none-any.whl", "w") as wheel:
        for name in (
            "one/__init__.py",
            "one-1.data/platlib/one/fast.so",
            "one-1.data/scripts/one",
            "one-1.dist-info/RECORD",
        ):
            wheel.writestr(name, "x")
    wheels.unpack(tmp_path / "one-1-py3-none-any.whl", tmp_path / "to")
    found = {file.relative_to(tmp_path / "to").as_posix() for file in (tmp_path / "to").rglob("*") if file.is_file()}
    assert found == {"one/__init__.py", "one/fast.so", "one-1.dist-info/RECORD"}
