"""Under each function's own deployed role, with IAM enforced: what docs/rights-of-functions.md gives it, it may do, and
every other thing that could be done to the stack is refused."""

from typing import Any

import boto3
import pytest

from infra.local.deploy import STACK
from tests.declared_rights import COUNT, FOLDERS, OUTLINE, SETTINGS, Right, bucket_of, declared, files_of
from tests.flow.tries import Caller, tries

BY_NAME = ("the stack's roles", "the stack's functions", "the stack's rules")
FUNCTIONS = sorted(set(declared()) - {"RequestsMachine"})


@pytest.fixture(scope="module")
def names(stack: dict[str, Any]) -> dict[str, str]:
    """What the stack's resources are called, by their logical ids."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"] for page in pages for one in page["StackResourceSummaries"]
    }


@pytest.fixture(scope="module")
def tables(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    dynamodb = boto3.client("dynamodb")
    return {store: dynamodb.describe_table(TableName=name)["Table"] for store, name in stack["tables"].items()}


def role(names: dict[str, str], function: str) -> str:
    """The role that the deployed function runs under."""
    found = boto3.client("lambda").get_function_configuration(FunctionName=names[function])["Role"]
    assert found.rpartition("/")[2] == names[f"{function}Role"]
    return str(found)


def expected(function: str) -> set[Right]:
    rights = set(declared()[function]) | {("logs:PutLogEvents", function)}
    rights |= {
        (action, files_of(place)) for place in FOLDERS for action, where in rights if where == f"{bucket_of(place)}/*"
    }
    rights |= {(COUNT, where) for action, where in rights if (action, where[-10:]) == ("dynamodb:Query", "/index/due")}
    return rights | {(OUTLINE, where) for action, where in rights if action == "dynamodb:GetItem"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_deployed_role_may_do_what_is_declared_and_is_refused_all_else(
    stack: dict[str, Any], names: dict[str, str], tables: dict[str, dict[str, Any]], function: str
) -> None:
    rights = expected(function)
    every = tries(Caller(stack, role(names, function)), tables, names)
    made = [one for one in every if not (one.acts and one.right in rights)]
    allowed = {one.right for one in made if one.allowed()}
    tried = {one.right for one in made}
    assert allowed == rights & tried
    assert allowed
    assert len(tried - allowed) > 150


def test_there_is_a_try_for_every_table_index_bucket_and_secret_that_a_right_is_given_on(
    stack: dict[str, Any], names: dict[str, str], tables: dict[str, dict[str, Any]]
) -> None:
    """So that nothing declared goes untried for a slip of a name."""
    tried = {one.right for one in tries(Caller(stack, role(names, "SignInHandler")), tables, names)}
    given = {right for function in FUNCTIONS for right in declared()[function]}
    # Of what the prover looks at by many names, one is tried.
    by_name = {right for places in BY_NAME for where in SETTINGS[places] for right in given if right[1] == where}
    untried = {action for action, _ in given - tried - by_name} | {
        action for action, _ in by_name if not any(one[0] == action for one in tried)
    }
    assert untried == {
        "s3:AbortMultipartUpload", "sqs:DeleteMessage", "ses:SendRawEmail", "ses:SendEmail",
        "ses:DeleteSuppressedDestination", "ses:ListSuppressedDestinations",
        *(
            f"cognito-idp:Admin{one}"
            for one in (
                "ListGroupsForUser", "AddUserToGroup", "UpdateUserAttributes", "DisableUser", "EnableUser",
                "UserGlobalSignOut",
            )
        ),
    }  # fmt: skip
