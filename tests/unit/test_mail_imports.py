"""The mailer's modules load little until a mail is made: every cold start pays for what they import."""

import subprocess
import sys

import pytest

MODULES = ["", ".errors", ".transcript", ".message", ".ses", ".feedback"]


@pytest.mark.parametrize("module", MODULES)
def test_nothing_heavy_at_import(module: str) -> None:
    heavy = ("jinja2", "markupsafe", "botocore", "boto3", "pynamodb", "idna")
    code = f"import sys, imchat.mail{module}; print([name for name in {heavy!r} if name in sys.modules])"
    environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "[]"
