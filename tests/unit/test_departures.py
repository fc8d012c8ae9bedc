"""What the local stack strips or does otherwise: no emulator proves it, so a test of the template does."""

import ast
import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.build import ROOT
from infra.local.deploy import LEFT_OUT, adapt, departures
from tests.unit.built import built, of_type

HERE = "tests/unit/test_departures.py"
# How a departure begins: the test that holds on the template what it takes away, or whose place it takes.
HELD_BY = {
    "left out: AWS::SES::ReceiptRuleSet ": f"{HERE}::test_mail_to_us_is_taken_in_by_a_rule_that_keeps_it_in_the_inbound_bucket",
    "left out: AWS::SES::ReceiptRule ": f"{HERE}::test_mail_to_us_is_taken_in_by_a_rule_that_keeps_it_in_the_inbound_bucket",
    "left out: AWS::WAFv2::WebACLAssociation ": "tests/unit/test_translated.py::test_the_only_stage_stands_behind_the_firewall_and_is_watched",
    "left out: AWS::ApiGatewayV2::RouteResponse ": f"{HERE}::test_a_frame_is_answered_on_its_connection",
    "native TTL ": "tests/unit/test_artefact.py::test_N17_native_ttl_is_on_wherever_there_is_a_period",
    "recovery ": "tests/unit/test_artefact.py::test_N18_backups_end_when_the_register_says",
    "encryption ": "tests/unit/test_infrastructure.py::test_buckets_with_data_are_encrypted_with_our_key_by_few_calls_and_the_pages_by_s3s",
    "the days ": "tests/unit/test_artefact.py::test_N10_files_of_mail_end_no_sooner_than_their_period_and_no_bucket_keeps_versions",
    "the prover may look ": "tests/unit/test_rights_of_functions.py::test_a_role_allows_what_the_document_says_and_nothing_else",
    "preflights ": f"{HERE}::test_the_definition_answers_preflights_and_refuses_in_our_form",
    "the mailer may send ": "tests/unit/test_translated.py::test_every_function_that_mails_may_do_so_to_anybody_from_one_address",
    "the distribution ": "tests/unit/test_edge.py::test_each_path_is_answered_by_whoever_has_it",
    "buckets do not ": "tests/unit/test_infrastructure.py::test_every_bucket_is_closed_and_insists_on_tls",
    "nothing is reserved ": "tests/unit/test_infrastructure.py::test_the_sweeper_runs_alone_and_the_mailer_slowly",
    "no gateway throttles": "tests/unit/test_infrastructure.py::test_calls_that_nobody_has_signed_in_for_are_throttled_harder",
    "the key ": "tests/unit/test_infrastructure.py::test_whatever_keeps_data_is_encrypted_with_our_key",
    "a state machine ": "tests/unit/test_machine.py::test_every_task_is_tried_again_and_what_fails_for_good_waits_for_somebody",
    "connections are pushed ": "tests/unit/test_artefact.py::test_the_front_can_pass_sockets_on_as_they_are_and_the_stage_follows_its_routes",
    "tracing is off ": f"{HERE}::test_whatever_runs_is_traced",
    "mail is not sent": "tests/unit/test_infrastructure.py::test_mail_is_signed_and_its_sender_is_the_only_one_that_may_be_used",
}  # fmt: skip


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return built()


def changes(before: Any, after: Any, *place: str) -> Iterator[tuple[str, ...]]:
    """The places at which two templates differ; a list that differs is one place."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield place
        return
    for key in before.keys() | after.keys():
        yield from changes(before.get(key), after.get(key), *place, key)


def test_every_departure_names_a_test_and_no_test_is_named_for_none() -> None:
    listed = departures()
    assert {one for one in listed if sum(one.startswith(beginning) for beginning in HELD_BY) != 1} == set()
    assert {beginning for beginning in HELD_BY if not any(one.startswith(beginning) for one in listed)} == set()


@pytest.mark.parametrize("held_by", sorted(set(HELD_BY.values())))
def test_the_tests_that_are_named_are_there(held_by: str) -> None:
    file, name = held_by.split("::")
    tests = {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)}
    assert name in tests


def test_nothing_else_is_stripped(template: dict[str, Any]) -> None:
    stripped = copy.deepcopy(template)
    adapt(stripped)
    kinds: dict[str, set[str]] = {"left out": set(), "mail": set(), "tls": set(), "tracing": set()}
    for place in changes(template, stripped):
        if place == ("Globals", "Function", "Environment", "Variables", "POWERTOOLS_TRACE_DISABLED"):
            kinds["tracing"].add(place[-1])
            continue
        assert place[0] == "Resources", place
        was, there = template["Resources"][place[1]], stripped["Resources"].get(place[1])
        if was["Type"] in LEFT_OUT:
            assert there is None
            kinds["left out"].add(was["Type"])
        elif was["Type"] == "AWS::S3::BucketPolicy":
            statements = there["Properties"]["PolicyDocument"]["Statement"] if there else []
            gone = [one for one in was["Properties"]["PolicyDocument"]["Statement"] if one not in statements]
            insists = {"Bool": {"aws:SecureTransport": False}}, {"Bool": {"aws:SecureTransport": "false"}}
            assert all(one["Effect"] == "Deny" and one["Condition"] in insists for one in gone), place
            kinds["tls"].add(place[1])
        else:
            assert was["Type"] == "AWS::IAM::Role", place
            assert there, place
            policies = zip(was["Properties"]["Policies"], there["Properties"]["Policies"], strict=True)
            for one, other in policies:
                pairs = zip(one["PolicyDocument"]["Statement"], other["PolicyDocument"]["Statement"], strict=True)
                for statement, changed in pairs:
                    if statement == changed:
                        continue
                    looks = place[1] == "ProverRole"
                    assert looks or "ses:SendEmail" in statement["Action"], place
                    assert set(changes(statement, changed)) <= {("Resource",), ("Action" if looks else "Condition",)}, (
                        place
                    )
            kinds["mail"].add(place[1])
    assert kinds["left out"] == set(LEFT_OUT)
    assert all(kinds.values()), kinds


def test_mail_to_us_is_taken_in_by_a_rule_that_keeps_it_in_the_inbound_bucket(template: dict[str, Any]) -> None:
    (rules,) = of_type(template, "AWS::SES::ReceiptRuleSet")
    taking = of_type(template, "AWS::SES::ReceiptRule")
    assert taking
    for rule in taking.values():
        assert rule["RuleSetName"] == {"Ref": rules}
        assert rule["Rule"]["Enabled"] is True
        assert {"Ref": "InboundBucket"} in [
            one["S3Action"]["BucketName"] for one in rule["Rule"]["Actions"] if "S3Action" in one
        ]


def test_a_frame_is_answered_on_its_connection(template: dict[str, Any]) -> None:
    (response,) = of_type(template, "AWS::ApiGatewayV2::RouteResponse").values()
    assert response["RouteResponseKey"] == "$default"
    route = template["Resources"][response["RouteId"]["Ref"]]["Properties"]
    assert route["RouteKey"] == "$default"
    assert route["RouteResponseSelectionExpression"] == "$default"


def test_the_definition_answers_preflights_and_refuses_in_our_form(template: dict[str, Any]) -> None:
    definition = of_type(template, "AWS::Serverless::Api")["RestAPI"]["DefinitionBody"]
    for path, methods in definition["paths"].items():
        said = methods["options"]["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
        allowed = said["method.response.header.Access-Control-Allow-Methods"].strip("'").split(",")
        assert set(allowed) == {method.upper() for method in methods}, path
        headers = said["method.response.header.Access-Control-Allow-Headers"].strip("'").split(",")
        assert {"Authorization", "Content-Type"} <= set(headers), path
        assert said["method.response.header.Access-Control-Allow-Origin"] == "'*'", path
    refusals = definition["x-amazon-apigateway-gateway-responses"]
    assert {"UNAUTHORIZED", "THROTTLED", "REQUEST_TOO_LARGE", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(refusals)
    for kind, refusal in refusals.items():
        assert set(refusal["responseTemplates"]) == {"application/json"}, kind
        problem = json.loads(re.sub(r"\$[\w.]+", "text", refusal["responseTemplates"]["application/json"]))
        assert set(problem) | {"status"} == {"type", "title", "status", "detail"}, kind
        assert "gatewayresponse.header.Access-Control-Allow-Origin" in refusal["responseParameters"], kind


def test_whatever_runs_is_traced(template: dict[str, Any]) -> None:
    functions = of_type(template, "AWS::Serverless::Function").values()
    assert {one.get("Tracing") for one in functions} == {"Active"}
    assert template["Globals"]["Function"]["Tracing"] == "Active"
    machines = of_type(template, "AWS::StepFunctions::StateMachine").values()
    assert {one["TracingConfiguration"]["Enabled"] for one in machines} == {True}
    assert "POWERTOOLS_TRACE_DISABLED" not in template["Globals"]["Function"]["Environment"]["Variables"]
