"""docs/rights-beyond-the-emulator.md is complete: every statement is tried under the emulator, or has a row."""

import re
from collections import defaultdict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from infra import tables
from infra.build import ROOT
from tests.declared_rights import Right
from tests.flow.tries import tries
from tests.unit.built import built
from tests.unit.test_rights_of_functions import as_rights, functions_of, statements
from tests.unit.translated import resources

DOCUMENT = ROOT / "docs" / "rights-beyond-the-emulator.md"
Row = tuple[str, ...]
# Roles that no test of rights takes on.
OTHERS = ("RequestsMachine", "GatewayLogs")
_POLICIES = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
}


def rows(first_heading: str) -> list[Row]:
    """The cells of the table whose first heading this is."""
    found: list[Row] = []
    heading = ""
    for line in DOCUMENT.read_text().splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|")) if line.startswith("|") else ()
        heading = "" if not cells else heading or cells[0]
        if heading == first_heading and cells[0] not in (heading, "---"):
            found.append(cells)
    return found


def tried() -> set[Right]:
    """The rights that the emulator is asked for under every function's role."""
    parameters = tables.template()["Resources"]
    described = {
        store: parameters[tables.logical_id(store)]["Properties"] | {"TableName": store} for store in tables.names()
    }
    given = built()["Outputs"]
    stack = MagicMock()
    known = {
        "buckets": ["inbound", "correspondence", "exports", "parts", "identity", "proof"],
        "secrets": [name.removesuffix("Secret").lower() for name in given if name.endswith("Secret")],
    }
    stack.__getitem__.side_effect = lambda name: known.get(name, MagicMock())
    caller: Any = SimpleNamespace(stack=stack, client=MagicMock())
    return {one.right for one in tries(caller, described, defaultdict(str))}


def of_roles() -> set[tuple[str, str, str]]:
    """Action, condition, whose: of each statement of a role that the emulator is not asked for."""
    whole = built()["Resources"]
    enforced = tried()
    found = set()
    for role in (*functions_of(whole), *OTHERS):
        whose = role if role in OTHERS else "functions"
        for statement in statements(whole, role):
            condition = "" if "dynamodb:GetItem" in statement["Action"] else _conditions(statement)
            for action, where in as_rights(statement):
                if whose == "functions" and not condition and _is_tried(action, where, enforced):
                    continue
                found.add((action, condition, whose))
    return found


def _is_tried(action: str, where: str, enforced: set[Right]) -> bool:
    where = where.replace("${", "").replace("}", "")
    if action == "logs:PutLogEvents":  # of two functions' logs, under every role
        return any(one == action for one, _ in enforced)
    return (action, where) in enforced


def _conditions(statement: dict[str, Any]) -> str:
    return ", ".join(sorted(key for test in statement.get("Condition", {}).values() for key in test))


def of_resources() -> Iterator[tuple[str, str, str]]:
    """Resource, statement, condition: of each statement of a resource's policy, on prod."""
    for kind, field in _POLICIES.items():
        for logical, properties in resources("prod", kind).items():
            for statement in properties[field]["Statement"]:
                if statement["Effect"] == "Deny":
                    yield "every bucket", f"Deny {statement['Action']}", _conditions(statement)
                else:
                    principal = statement["Principal"]
                    by = principal.get("Service") or "the account"
                    yield logical.removesuffix("Policy"), statement.get("Sid", by), _conditions(statement)
    for permission in resources("prod", "AWS::Lambda::Permission").values():
        conditions = ", ".join(sorted(set(permission) & {"SourceArn", "SourceAccount"}))
        yield "every function", permission["Principal"], conditions


def test_every_statement_of_a_role_is_tried_or_has_its_row() -> None:
    listed = [
        (action.strip(), condition, whose)
        for rights, condition, whose, *_ in rows("right")
        for action in rights.split(",")
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == of_roles()


def test_every_statement_of_a_resources_policy_has_its_row() -> None:
    listed = [row[:3] for row in rows("resource")]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(of_resources())


@pytest.mark.parametrize("heading", ["right", "resource"])
def test_every_row_names_its_page_and_says_what_it_is_for(heading: str) -> None:
    found = rows(heading)
    assert len(found) > 10
    for *_, page, without in found:
        assert re.fullmatch(r"[A-Za-z0-9-]+/latest/[\w./-]+\.html", page), page
        assert len(without.split()) > 2, page


def test_a_right_that_is_not_tried_is_missed() -> None:
    """The judge itself: without its tries, DynamoDB's rights would have to have rows."""
    enforced = tried()
    assert _is_tried("dynamodb:Query", "ChatsTable/index/email", enforced)
    assert _is_tried("kms:Sign", "SigningKey", enforced)
    assert not _is_tried("ses:ListSuppressedDestinations", "*", enforced)
    assert not _is_tried("s3:GetObject", "NoBucket/*", enforced)
