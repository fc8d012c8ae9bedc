"""Folders as zips: the same bytes for the same files, whoever makes them. Of the standard library alone, so that any
Python can be asked whether it makes the same."""

import py_compile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def zip_folder(folder: Path, target: Path, cache_tag: str | None) -> None:
    """``folder`` as the zip ``target``, by name, with one date and mode. With ``cache_tag``, this Python's own, sources
    have bytecode beside them that is taken as it is; without, no bytecode is in it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_files(folder, cache_tag)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def _files(folder: Path, cache_tag: str | None) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        if not file.is_file() or "__pycache__" in file.parts:
            continue
        name = file.relative_to(folder).as_posix()
        yield name, file.read_bytes()
        bytecode = _compiled(file, name) if cache_tag and file.suffix == ".py" else None
        if bytecode:
            place = f"{Path(name).parent.as_posix()}/__pycache__/{file.stem}.{cache_tag}.pyc"
            yield place.removeprefix("./"), bytecode


def _compiled(file: Path, name: str) -> bytes | None:
    """The bytecode of ``file``; None for a library's template that is no code to run."""
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    with tempfile.TemporaryDirectory() as place:
        compiled = Path(place) / "compiled.pyc"
        try:
            py_compile.compile(str(file), str(compiled), dfile=name, doraise=True, invalidation_mode=unchecked)
        except py_compile.PyCompileError:
            return None
        return compiled.read_bytes()
