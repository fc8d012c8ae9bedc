"""Whether a copy of personal data is whole, ours, and has in it what it must."""

import io
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from imchat.verify import check
from operations.prove.report import Broken

# What every copy has (DESIGN section 6): for reading, for machines, and what is not in it.
PARTS = ("README.txt", "index.html", "response.html", "export.json", "retained.json", "manifest.json")


def judge(bundle: bytes, key: bytes, held: Iterable[str]) -> str:
    """What was seen of a copy, which is to be signed by ``key`` (PEM) and to say all that is ``held``. Raises Broken:
    which file is missing, what the check says, or how much of what is held is not in it."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "copy.zip"
        kept.write_bytes(bundle)
        try:
            report = check(kept, key)
        except Exception as unreadable:  # whatever is wrong with it, it is no copy
            raise Broken(f"the copy cannot be read: {type(unreadable).__name__}") from None
    if report.wrong:
        raise Broken(f"the copy is not as it was signed: {report.wrong[0]}")
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        names = archive.namelist()
        missing = [name for name in PARTS if name not in names]
        text = "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)
    if missing:
        raise Broken(f"the copy lacks {', '.join(missing)}")
    wanted = list(held)
    lacking = sum(one not in text for one in wanted)
    if lacking:
        raise Broken(f"{lacking} of {len(wanted)} things that are held are not in the copy")
    return f"{len(names)} files, signed by {report.key}, with all {len(wanted)} things that were given"
