"""The policies that are deployed are what docs/rights-of-functions.md says, to the single action and resource."""

import re
from typing import Any

import pytest

from imchat.register.stores import stores
from imchat.stores.base import OUTLINE as OUTLINED
from infra import rights
from infra.build import OWN_FUNCTIONS, ROOT, BuildFailed, finish
from infra.runtime import of_stage
from tests.declared_rights import COUNT, DELIVERY, OUTLINE, SAMPLING, Right, declared, rows, table
from tests.unit.built import built

# How the template names what is not simply a resource's ARN.
PLACES = {
    "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:imchat-${Stage}-requests": "requests machine",
    "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:imchat-${Stage}-requests:*": "requests machine's executions",
    "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:imchat-${Stage}-requests/*": "requests machine's own executions",
    "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*": "identity/any",
    "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${MailConfigurationSet}": "configuration-set/MailConfigurationSet",
}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = built()["Resources"]
    return found


def functions_of(resources: dict[str, Any]) -> list[str]:
    return [name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"]


def statements(resources: dict[str, Any], function: str) -> list[dict[str, Any]]:
    """What the role of a function, or of the state machine, says."""
    (policy,) = resources[f"{function}Role"]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def place(resource: Any) -> str:
    """A resource of a policy as the document names it."""
    if isinstance(resource, str):
        return resource
    if "Ref" in resource:
        return str(resource["Ref"])
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    if "Fn::If" in resource:  # one key or the other, never both
        condition, other, own = resource["Fn::If"]
        assert (condition, other) == ("OtherSigningKey", {"Ref": "SignWith"})
        return place(own)
    said = resource["Fn::Sub"]
    said = re.sub(r"^arn:\$\{AWS::Partition\}:execute-api:\$\{AWS::Region\}:\$\{AWS::AccountId\}:", "", said)
    return PLACES.get(said) or re.sub(r"\$\{(\w+)(?:\.Arn)?\}", r"\1", said)


def as_rights(statement: dict[str, Any]) -> set[Right]:
    """What a statement allows; a condition other than the two that we know is none."""
    assert statement["Effect"] == "Allow"
    actions = statement["Action"]
    if actions == ["ses:SendEmail", "ses:SendRawEmail"]:
        assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    elif actions == ["dynamodb:Query"] and "Condition" in statement:
        assert statement["Condition"] == {"StringEquals": {"dynamodb:Select": "COUNT"}}
        actions = [COUNT]
    elif "Condition" in statement:
        assert actions == ["dynamodb:GetItem"]
        assert statement["Condition"] == {
            "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
            "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "site_id", "status", "expires_at"]},
            "Null": {"dynamodb:Attributes": "false"},
        }
        actions = [OUTLINE]
    where = statement["Resource"]
    return {(action, place(one)) for action in actions for one in (where if isinstance(where, list) else [where])}


def test_every_function_is_in_every_table_and_no_other(resources: dict[str, Any]) -> None:
    functions = {*functions_of(resources), "RequestsMachine"}
    for heading in ("answers", "chats", "files"):
        assert set(rows(heading)) == functions
    assert set(rows("may look up")) < functions
    assert set(rows("chats")["Mailer"]) == {store.name for store in stores()}


def test_what_suffices_is_proved_by_tests_that_are_there() -> None:
    for function, cells in rows("answers").items():
        named = cells["proved by `tests/`"].split(", ")
        assert all((ROOT / "tests" / name).is_file() for name in named), function


@pytest.mark.parametrize("function", sorted(declared()))
def test_a_role_allows_what_the_document_says_and_nothing_else(resources: dict[str, Any], function: str) -> None:
    allowed = [as_rights(one) for one in statements(resources, function)]
    observing: set[Right] = set()
    if function != "RequestsMachine":
        log = f"arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:/aws/lambda/AWS::StackName-{function}-*"
        observing = {("logs:CreateLogStream", log), ("logs:PutLogEvents", log)}
        observing |= {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")}
    assert {(action, place.replace("${", "").replace("}", "")) for some in allowed for action, place in some} == (
        declared()[function] | observing
    )
    assert sum(map(len, allowed)) == len(set().union(*allowed)), "something is allowed twice"


def test_each_function_has_a_role_that_nobody_else_has_and_only_lambda_may_take(resources: dict[str, Any]) -> None:
    functions = functions_of(resources)
    assert len(functions) == 22
    for function in functions:
        assert resources[function]["Properties"]["Role"] == {"Fn::GetAtt": [f"{function}Role", "Arn"]}
        (trusted,) = resources[f"{function}Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}
    roles = {name for name, one in resources.items() if one["Type"] == "AWS::IAM::Role"}
    assert roles == {f"{function}Role" for function in (*functions, "RequestsMachine", "GatewayLogs")}
    others = {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::User"}
    assert not others & {one["Type"] for one in resources.values()}


def test_no_action_is_a_pattern_and_nothing_is_given_on_everything_that_aws_can_name(resources: dict[str, Any]) -> None:
    for function in declared():
        for statement in statements(resources, function):
            assert not any("*" in action for action in statement["Action"]), function
            if "*" in statement["Resource"]:
                without_resources = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "states:SendTaskSuccess"}
                if function == "RequestsHandler":
                    without_resources |= {"ses:DeleteSuppressedDestination"}
                if function == "Sweeper":
                    without_resources |= {"ses:ListSuppressedDestinations", "ses:DeleteSuppressedDestination"}
                if function == "Prover":
                    without_resources |= {
                        "dynamodb:ListBackups", "logs:DescribeLogGroups",
                        "ses:DescribeActiveReceiptRuleSet",
                    }  # fmt: skip
                if function == "RequestsMachine":
                    without_resources |= {f"logs:{one}" for one in DELIVERY} | {f"xray:{one}" for one in SAMPLING}
                assert set(statement["Action"]) <= without_resources, function


def test_the_state_machines_role_is_taken_by_step_functions_of_this_account_only(resources: dict[str, Any]) -> None:
    """What it may do is held above, as what functions may."""
    (trusted,) = resources["RequestsMachineRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted == {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    assert "ManagedPolicyArns" not in resources["RequestsMachineRole"]["Properties"]


def test_the_gateways_role_writes_and_reads_logs_and_can_delete_none(resources: dict[str, Any]) -> None:
    """The one role that is given something on everything that AWS could name: API Gateway refuses one with less."""
    properties = resources["GatewayLogsRole"]["Properties"]
    (trusted,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "apigateway.amazonaws.com"}
    (statement,) = statements(resources, "GatewayLogs")
    assert {action for action, where in as_rights(statement) if where == "*"} == {
        "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
        "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents",
    }  # fmt: skip
    assert set(properties) == {"AssumeRolePolicyDocument", "Policies"}


def test_a_function_of_which_nothing_is_said_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(rights.RIGHTS, "Mailer")
    with pytest.raises(KeyError, match="Mailer"):
        rights.give_roles({"Mailer": {"Type": "AWS::Serverless::Function", "Properties": {}}})
    monkeypatch.setattr("infra.build._give_own_functions", lambda template: None)
    with pytest.raises(BuildFailed, match="does not say what 'Mailer' may do"):
        finish({"Resources": {"Mailer": {"Type": "AWS::Serverless::Function", "Properties": {}}}}, of_stage("dev"))


def test_each_path_is_answered_under_the_role_that_is_made_for_it(resources: dict[str, Any]) -> None:
    answered: dict[str, set[str]] = {}
    for path, methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
        for method in methods.values():
            uri = method["x-amazon-apigateway-integration"].get("uri")
            if uri:
                (handler,) = re.findall(r"\$\{(\w+Handler)\.Arn\}", uri["Fn::Sub"])
                answered.setdefault(handler, set()).add(path)
    links = {"/v1/desk/requests/{reference}/links", "/v1/rights-requests/{reference}/copy", "/v1/signing-key"}
    assert answered.pop("LinksHandler") == links
    requests = answered.pop("RequestsHandler")
    assert "/v1/desk/numbers" in requests
    assert all(path.startswith("/v1/desk/requests") for path in requests - {"/v1/desk/numbers"})
    begin = {
        "OperatorHandler": "/v1/operator/", "AccountHandler": "/v1/account/", "DeskHandler": "/v1/desk/",
        "RightsHandler": "/v1/rights-requests", "SignInHandler": "/v1/sign-in",
    }  # fmt: skip
    for handler, beginning in begin.items():
        assert all(path.startswith(beginning) for path in answered.pop(handler)), handler
    assert {handler: {path.split("/{")[0] for path in paths} for handler, paths in answered.items()} == {
        "APIHandler": {"/v1/sites", "/v1/chats", "/v1/visits", "/v1/notice", "/v1/openapi.json", "/notice"}
    }
    assert len(OWN_FUNCTIONS) == 7


# What the document itself must say, whoever changes it.

READS = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "s3:GetObject"}
DELETES = {"dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
PEOPLE = ("correspondence", "purchases", "disclosures", "requests")


def who(actions: set[str], *places: str) -> set[str]:
    """The functions that may do any of ``actions`` at a place that begins as one of ``places``."""
    return {
        function
        for function, rights in declared().items()
        if any(action in actions and where.startswith(places) for action, where in rights)
    }


def test_N13_only_the_maker_of_links_reads_copies_and_only_the_copier_writes_and_signs_them() -> None:
    assert who({"s3:GetObject"}, "ExportsBucket") == {"LinksHandler"}
    assert who({"s3:PutObject"}, "ExportsBucket") == {"Copier"}
    assert who({"kms:Sign"}, "SigningKey") == {"Copier"}


def test_who_proves_signs_no_copy_reads_nothing_of_anybody_and_changes_nothing_but_the_proof() -> None:
    assert who({"kms:Sign"}, "ProofKey") == {"Prover"}
    rights = declared()["Prover"]
    reads = {(action, where) for action, where in rights if action in READS}
    assert reads == {("s3:GetObject", "ProofBucket/*")}
    looks = ("Describe", "Get", "List", "Filter")
    acts = {(action, where) for action, where in rights if not action.partition(":")[2].startswith(looks)}
    counted = {(action, where) for action, where in acts if action == COUNT}
    assert acts - counted == {
        ("s3:PutObject", "ProofBucket/*"), ("kms:Sign", "ProofKey"), ("sns:Publish", "Alarms"),
        ("sqs:SendMessage", "ScheduleDeadLetters"), ("apigateway:GET", "arn:AWS::Partition:apigateway:AWS::Region::/restapis/RestAPI/stages"),
    }  # fmt: skip


def test_what_answers_visitors_and_operators_reaches_no_records_no_files_and_no_staff() -> None:
    for function in ("APIHandler", "OperatorHandler", "WebsocketMessage"):
        rights = declared()[function]
        if function == "OperatorHandler":  # what is asked in a chat is passed on to the desk
            rights = rights - {("dynamodb:PutItem", table("requests"))}
        reached = {where for _, where in rights}
        assert not [where for where in reached if where.startswith(tuple(map(table, PEOPLE))) or "Bucket" in where]
        assert not reached & {"SigningKey", "UserPool", "AddressSecret", "requests machine", "Alarms"}


def test_visitors_cannot_have_chats_listed_and_only_what_answers_them_knows_the_secrets_of_websites() -> None:
    """A page that goes says nothing: who lists chats then tells their visitors that nobody is there any more."""
    by_index = who({"dynamodb:Query"}, "ChatsTable/index")
    assert by_index == {"OperatorHandler", "Searcher", "Sweeper", "WebsocketDisconnect"}
    assert who({"secretsmanager:GetSecretValue"}, "IdentitySecret") == {"APIHandler"}


def test_N19_nobody_but_the_sweep_takes_from_the_system_log() -> None:
    assert who({*DELETES, "dynamodb:UpdateItem"}, "EvidenceTable") == {"Sweeper"}


def test_N21_nobody_but_the_sweep_deletes_purchases_disclosures_or_requests() -> None:
    for store in ("purchases", "disclosures", "requests"):
        assert who(DELETES, table(store)) == {"Sweeper"}


def test_what_works_by_the_clock_reads_no_record_that_it_has_to_delete() -> None:
    for store in (*PEOPLE, "evidence"):
        assert who({"dynamodb:GetItem", "dynamodb:BatchGetItem"}, table(store)) & {"Sweeper"} == set()
    assert who(READS, "CorrespondenceTable", "CorrespondenceBucket", "ChatsTable") & {"Nudger", "Reminders"} == set()


def test_the_searcher_writes_nothing_but_where_a_request_stands_what_it_found_and_that_it_holds_a_chat() -> None:
    writes = {*DELETES, "dynamodb:PutItem", "dynamodb:UpdateItem", "s3:PutObject"}
    written = {(action, where) for action, where in declared()["Searcher"] if action in writes}
    assert {where for _, where in written} == {"RequestsTable", "PartsBucket/*", "ChatsTable"}
    assert {action for action, where in written if where == "ChatsTable"} == {"dynamodb:UpdateItem"}


def test_the_mailer_reaches_chats_requests_and_what_their_mail_needs() -> None:
    reached = {where for _, where in declared()["Mailer"]}
    assert reached == {
        "TranscriptQueue", "ChatsTable", "RequestsTable", "EvidenceTable", "AccountsTable", "LimitsTable",
        "AddressSecret", "LedgerSecret", "identity/any", "configuration-set/MailConfigurationSet",
        "WebsocketAPI/socket/POST/@connections/*",
    }  # fmt: skip
    assert who({"ses:SendEmail", "ses:SendRawEmail"}, "identity") == {"Mailer"}


def test_who_signs_people_in_reads_no_table_and_only_the_owners_function_lets_people_in_and_out() -> None:
    assert {action for action, where in declared()["SignInHandler"] if where.endswith("Table")} == {
        "dynamodb:UpdateItem"
    }
    cognito = who(
        {action for some in declared().values() for action, _ in some if action.startswith("cognito")}, "UserPool"
    )
    assert cognito - {"Prover"} == {"AccountHandler"}


def test_the_outline_of_an_item_says_nothing_of_a_person() -> None:
    assert set(OUTLINED) == {"pk", "sk", "site_id", "status", "expires_at"}
    for store in stores():
        if store.name in ("chats", "correspondence"):
            assert not [name for name in OUTLINED if type(store.field(name)).__name__ in ("Personal", "Spelling")]


def test_only_the_desk_of_requests_and_the_sweep_take_an_address_from_the_list_of_ses(
    resources: dict[str, Any],
) -> None:
    may = {
        function: one["Action"]
        for function in functions_of(resources)
        for one in statements(resources, function)
        if any("Suppress" in action for action in one["Action"])
    }
    assert may == {
        "RequestsHandler": ["ses:DeleteSuppressedDestination"],
        "Sweeper": ["ses:ListSuppressedDestinations", "ses:DeleteSuppressedDestination"],
    }
