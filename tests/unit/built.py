"""The built template, for the tests of what is deployed."""

import json
from typing import Any

from infra.build import build


def built() -> dict[str, Any]:
    """The template of a dev stage, as ``make package`` leaves it."""
    whole: dict[str, Any] = json.loads(build("dev", log=lambda *_: None).read_text())
    return whole


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of a template's resources of one type."""
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }
