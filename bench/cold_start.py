"""Cold start: each function from the built zips, in a fresh process that sees nothing but the standard library and what
Lambda would unpack; against the floor of botocore with one DynamoDB client from the same zip.

Import plus first client, CPU time, the best of several runs taken in turn, so that a busy machine slows both alike.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import botocore

from infra.build import BUILD, build

RUNS = 15
BUDGET = 1.2

FLOOR = """
import botocore.session
botocore.session.get_session().create_client("dynamodb", region_name="eu-west-2")
"""
CLIENT = "from imchat import aws; aws.dynamodb().client"
FUNCTIONS = {
    "visitor (app.app)": f"import app; {CLIENT}",
    "mailer": f"import functions.mailer; functions.mailer.send_transcripts; {CLIENT}",
    "inbound": f"import functions.inbound; functions.inbound.take_in_mail; {CLIENT}",
    "feedback": f"import functions.feedback; functions.feedback.mail_feedback; {CLIENT}",
    "sweeper": f"import functions.housekeeping; functions.housekeeping.sweep; {CLIENT}",
}
_TIMED = "import time; begun = time.process_time()\n{}\nprint(time.process_time() - begun)"


def unpack(folder: Path) -> list[str]:
    """Unpack both zips below ``folder``; the paths that Lambda would search."""
    for name, place in (("functions.zip", "task"), ("layer.zip", "opt")):
        with zipfile.ZipFile(BUILD / name) as archive:
            archive.extractall(folder / place)
    return [str(folder / "task"), str(folder / "opt" / "python")]


def whole_botocore(folder: Path) -> str:
    """The floor's path: botocore from the same zip, as precompiled, but with its models as it ships them."""
    floor = folder / "floor"
    shutil.copytree(folder / "task", floor)
    shutil.rmtree(floor / "botocore" / "data")
    shutil.copytree(Path(botocore.__file__).parent / "data", floor / "botocore" / "data")
    return str(floor)


def once(code: str, paths: list[str]) -> float:
    """CPU seconds of ``code`` in a fresh process with nothing but ``paths`` and the standard library."""
    environment = {
        "PYTHONPATH": os.pathsep.join(paths),
        "PATH": "/usr/bin:/bin",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    command = [sys.executable, "-S", "-c", _TIMED.format(code)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=paths[0])
    return float(done.stdout)


def measure() -> list[tuple[str, float, float]]:
    """(function, milliseconds, ratio to the floor), the floor first."""
    build("dev")
    with tempfile.TemporaryDirectory() as place:
        paths = unpack(Path(place))
        floor_path = whole_botocore(Path(place))
        codes = {"floor: botocore + one DynamoDB client": (FLOOR, [floor_path])}
        codes |= {name: (code, paths) for name, code in FUNCTIONS.items()}
        best = dict.fromkeys(codes, float("inf"))
        for _ in range(RUNS):
            for name, (code, path) in codes.items():
                best[name] = min(best[name], once(code, path))
    floor = next(iter(best.values()))
    return [(name, seconds * 1000, seconds / floor) for name, seconds in best.items()]


def main() -> None:
    """Print the table."""
    for name, milliseconds, ratio in measure():
        print(f"{name:<42}{milliseconds:8.0f} ms{ratio:7.2f} x")


if __name__ == "__main__":
    main()
