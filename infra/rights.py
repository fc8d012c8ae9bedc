"""What each function may do (docs/decisions/0027). A right is a decision, so each stands here by name; what it comes to
is told again, apart from this, in docs/rights-of-functions.md, and a test holds the two together."""

from typing import Any

from imchat.prover.night import FOLDER as FINDINGS
from imchat.prover.sentences import FOLDER as SENTENCES
from infra.prover_rights import prover
from infra.statements import (
    EVERYTHING,
    Statement,
    allow,
    arn,
    connections,
    index,
    listing,
    mail,
    objects,
    outline,
    own_arn,
    secrets,
    sends,
    signing_key,
    table,
)

_MACHINE = "imchat-${Stage}-requests"
_START = allow(("states:StartExecution",), own_arn("states", f"stateMachine:{_MACHINE}"))
_LOOK = allow(("states:DescribeExecution",), own_arn("states", f"execution:{_MACHINE}:*"))
_WAKE = allow(("states:SendTaskSuccess",), EVERYTHING)
_MAIL_JOBS = sends("TranscriptQueue")
_FAILED_BY_THE_CLOCK = sends("ScheduleDeadLetters")
_BY_PERSON = ("email", "name", "phone")

RIGHTS: dict[str, tuple[Statement, ...]] = {
    # The API: the same code under several roles, by path (OWN_FUNCTIONS in infra/build.py). Visitors' pages:
    "APIHandler": (
        table("chats", "GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
        table("evidence", "PutItem"),
        table("ledger", "PutItem", "ConditionCheckItem"),
        table("statistics", "UpdateItem"),
        table("visits", "GetItem", "PutItem", "UpdateItem"),
        table("accounts", "GetItem", "UpdateItem"),
        table("limits", "UpdateItem"),
        secrets("Token", "Identity", "Ledger", "Edge"),
        _MAIL_JOBS,
        connections("POST", "DELETE"),
    ),
    "OperatorHandler": (
        table(
            "chats", "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem",
            "ConditionCheckItem",
        ),
        index("chats", "inbox", "assignment"),
        table("evidence", "BatchGetItem", "PutItem"),
        # What a visitor asks for goes to the desk: written, and read back by nobody here.
        table("requests", "PutItem"),
        table("ledger", "PutItem"),
        table("statistics", "UpdateItem"),
        table("accounts", "GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
        secrets("Token", "Ledger"),
        _MAIL_JOBS,
        connections("POST", "DELETE"),
    ),
    "AccountHandler": (
        table("accounts", "GetItem", "Query", "PutItem", "UpdateItem"),
        table("statistics", "Query"),
        table("visits", "Query"),
        table("connections", "BatchGetItem"),
        connections("DELETE"),
        allow(
            tuple(
                f"cognito-idp:Admin{what}"
                for what in (
                    "CreateUser", "GetUser", "ListGroupsForUser", "AddUserToGroup", "SetUserPassword",
                    "UpdateUserAttributes", "DisableUser", "EnableUser", "UserGlobalSignOut",
                )
            ),
            arn("UserPool"),
        ),
    ),
    # Calls, emails, purchases, disclosures.
    "DeskHandler": (
        *(
            statement
            for store in ("correspondence", "purchases", "disclosures")
            for statement in (
                table(store, "GetItem", "BatchGetItem", "PutItem", "UpdateItem"),
                index(store, *_BY_PERSON, "site"),
            )
        ),
        index("correspondence", "from"),
        table("evidence", "BatchGetItem", "PutItem"),
        index("evidence", *_BY_PERSON),
        table("accounts", "GetItem", "Query"),
        # Of chats, what two people unlocked of those that are restricted.
        table("chats", "GetItem", "BatchGetItem", "Query", "UpdateItem"),
        objects("Correspondence", "GetObject"),
        secrets("Ledger"),
        # What the prover found, and what the public page says of it.
        objects("Proof", "GetObject", under=(FINDINGS, SENTENCES)),
        objects("Proof", "PutObject", under=(SENTENCES,)),
        listing("Proof"),
    ),
    # Rights requests at the desk, with what was found for them.
    "RequestsHandler": (
        table("requests", "GetItem", "BatchGetItem", "PutItem", "UpdateItem"),
        index("requests", "open", "site"),
        table("correspondence", "GetItem", "UpdateItem"),
        table("evidence", "BatchGetItem", "PutItem"),
        secrets("Ledger"),
        table("accounts", "GetItem", "BatchGetItem"),
        table("statistics", "Query", "UpdateItem"),
        table("limits", "BatchGetItem", "DeleteItem"),
        objects("Parts", "GetObject"),
        listing("Parts"),
        objects("Identity", "GetObject", "DeleteObject"),
        listing("Identity"),
        secrets("Address"),
        # Lifts what SES keeps of an address: AWS knows no narrower resource of its list.
        allow(("ses:DeleteSuppressedDestination",), EVERYTHING),
        _MAIL_JOBS,
        _START,
        _LOOK,
        _WAKE,
    ),
    # The public form of rights requests.
    "RightsHandler": (
        table("requests", "GetItem", "PutItem", "UpdateItem"),
        table("evidence", "PutItem"),
        table("accounts", "GetItem"),
        table("limits", "UpdateItem"),
        objects("Identity", "PutObject"),
        # Token: the key of a chat is proof.
        secrets("Address", "Edge", "Token"),
        _MAIL_JOBS,
        _START,
        _WAKE,
    ),
    "SignInHandler": (table("limits", "UpdateItem"), secrets("Address", "Edge")),
    # The only one that may read copies of people's data.
    "LinksHandler": (
        table("requests", "GetItem", "UpdateItem"),
        table("evidence", "PutItem"),
        table("accounts", "GetItem"),
        objects("Exports", "GetObject"),
        secrets("Address", "Ledger"),
        signing_key("GetPublicKey"),
        allow(("kms:GetPublicKey",), arn("ProofKey")),
    ),
    "WebsocketConnect": (table("connections", "PutItem"),),
    "WebsocketMessage": (
        table("connections", "UpdateItem"),
        table("chats", "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"),
        table("evidence", "BatchGetItem", "PutItem"),
        table("accounts", "GetItem", "UpdateItem"),
        secrets("Token", "Ledger"),
        connections("POST", "DELETE"),
    ),
    "WebsocketDisconnect": (
        table("connections", "GetItem", "DeleteItem"),
        table("chats", "BatchGetItem", "UpdateItem"),
        index("chats", "inbox"),
        table("accounts", "GetItem", "Query", "UpdateItem"),
        connections("POST"),
    ),
    # Mail, out and in.
    "Mailer": (
        allow(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), arn("TranscriptQueue")),
        table("chats", "GetItem", "Query", "UpdateItem"),
        table("requests", "GetItem", "UpdateItem"),
        table("evidence", "PutItem"),
        table("accounts", "GetItem"),
        table("limits", "GetItem", "PutItem", "UpdateItem"),
        secrets("Address", "Ledger"),
        mail(),
        connections("POST"),
    ),
    # Reads addresses, and passes on hashes of them: nobody's record is its to touch.
    "Feedback": (secrets("Address"), _MAIL_JOBS),
    "Inbound": (
        *(table(store, "PutItem") for store in ("correspondence", "evidence")),
        table("requests", "GetItem", "PutItem", "UpdateItem"),
        table("limits", "BatchGetItem"),
        objects("Inbound", "GetObject", "DeleteObject"),
        listing("Inbound"),
        objects("Correspondence", "PutObject"),
        sends("InboundDeadLetters"),
    ),
    # Looks whether a request waits for a document that was sent, and deletes it where none does.
    "Documents": (table("requests", "GetItem"), objects("Identity", "DeleteObject")),
    # The flow of a rights request. This one reads, changes nothing but where the request stands and which chats it
    # holds, and cleans up.
    "Searcher": (
        *(
            statement
            for store in ("chats", "evidence", "correspondence", "purchases", "disclosures", "requests")
            for statement in (table(store, "BatchGetItem"), index(store, *_BY_PERSON))
        ),
        # What staff did, for a member's own request: there is no index by staff but the log's. And anonymous chats.
        index("chats", "inbox"),
        index("evidence", "actor"),
        *(index(store, "site") for store in ("correspondence", "purchases", "disclosures", "requests")),
        index("correspondence", "from"),
        table("chats", "GetItem", "Query", "UpdateItem"),
        table("requests", "GetItem", "UpdateItem"),
        table("accounts", "GetItem", "BatchGetItem", "Query"),
        index("accounts", "sites"),
        table("limits", "BatchGetItem"),
        objects("Parts", "GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload"),
        listing("Parts"),
        objects("Exports", "DeleteObject"),
        objects("Identity", "DeleteObject"),
        listing("Identity"),
        secrets("Address", "Ledger"),
        _MAIL_JOBS,
    ),
    # Writes the copy, signs it, and cannot read it back.
    "Copier": (
        table("requests", "GetItem", "UpdateItem"),
        objects("Parts", "GetObject"),
        objects("Correspondence", "GetObject"),
        objects("Exports", "PutObject", "AbortMultipartUpload"),
        signing_key("Sign", "GetPublicKey"),
        _MAIL_JOBS,
    ),
    # Erases only where an erasure may: elsewhere it reads what is kept, and corrects.
    "Changer": (
        table("chats", "GetItem", "BatchGetItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
        table("correspondence", "GetItem", "BatchGetItem", "UpdateItem", "DeleteItem"),
        *(
            table(store, "GetItem", "BatchGetItem", "UpdateItem")
            for store in ("purchases", "disclosures", "requests")
        ),
        # It reads a whole part of the log to take a person's details from it, and writes each entry anew.
        table("evidence", "BatchGetItem", "Query", "PutItem"),
        table("accounts", "GetItem", "BatchGetItem"),
        table("limits", "BatchGetItem"),
        table("ledger", "PutItem"),
        table("statistics", "UpdateItem"),
        objects("Parts", "GetObject"),
        objects("Correspondence", "DeleteObject"),
        listing("Correspondence"),
        secrets("Ledger"),
        _MAIL_JOBS,
        _WAKE,
        connections("POST", "DELETE"),
    ),
    # By the clock. This one deletes what has ended: of all but chats it sees no more than keys.
    "Sweeper": (
        table("chats", "GetItem", "BatchGetItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
        table("evidence", "PutItem", "BatchWriteItem"),
        *(table(store, "BatchWriteItem") for store in ("correspondence", "disclosures")),
        # Their ends may move: deleted on condition, of which nothing is answered.
        *(table(store, "DeleteItem") for store in ("purchases", "requests")),
        table("visits", "GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
        *(
            index(store, "due")
            for store in (
                "chats", "evidence", "correspondence", "purchases", "disclosures", "requests", "visits", "statistics",
            )
        ),
        table("limits", "BatchWriteItem"),
        table("ledger", "PutItem"),
        table("statistics", "GetItem", "UpdateItem", "DeleteItem"),
        objects("Correspondence", "DeleteObject"),
        listing("Correspondence"),
        secrets("Ledger"),
        # Ends what SES keeps of addresses: as of lifting it, AWS knows no narrower resource of its list.
        allow(("ses:ListSuppressedDestinations", "ses:DeleteSuppressedDestination"), EVERYTHING),
        _MAIL_JOBS,
        _FAILED_BY_THE_CLOCK,
        connections("POST", "DELETE"),
    ),
    # Keeps requests going; looks whether what was found for one is still there.
    "Nudger": (
        table("requests", "GetItem", "BatchGetItem", "UpdateItem"),
        index("requests", "deadline"),
        table("evidence", "PutItem"),
        table("statistics", "UpdateItem"),
        outline("chats"),
        outline("correspondence"),
        objects("Parts", "GetObject", "PutObject", "AbortMultipartUpload"),
        listing("Parts"),
        objects("Identity", "DeleteObject"),
        listing("Identity"),
        secrets("Ledger"),
        _MAIL_JOBS,
        _FAILED_BY_THE_CLOCK,
        _START,
        _LOOK,
        _WAKE,
    ),
    "Reminders": (
        table("requests", "BatchGetItem"),
        index("requests", "deadline"),
        table("limits", "GetItem", "PutItem"),
        _FAILED_BY_THE_CLOCK,
        allow(("sns:Publish",), {"Ref": "Alarms"}),
    ),
}  # fmt: skip
RIGHTS["Prover"] = prover([*RIGHTS, "Prover"])


def give_roles(resources: dict[str, Any]) -> None:
    """Give each function among a template's resources a role of its own. Raises KeyError for a function that nothing is
    said of here."""
    for name in [name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"]:
        resources[f"{name}Role"] = _role(name)
        resources[name]["Properties"]["Role"] = arn(f"{name}Role")


def _role(function: str) -> dict[str, Any]:
    trusted = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policy = _document(*_observing(function), *RIGHTS[function])
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": _document(trusted),
            "Policies": [{"PolicyName": "rights", "PolicyDocument": policy}],
        },
    }


def _observing(function: str) -> tuple[Statement, ...]:
    """Its own log and traces. CloudFormation names a function by its stack, its logical id and something random; to
    refer to it would go round in a circle."""
    group = f"log-group:/aws/lambda/${{AWS::StackName}}-{function}-*"
    return (
        allow(("logs:CreateLogStream", "logs:PutLogEvents"), own_arn("logs", group)),
        allow(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), EVERYTHING),
    )


def _document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
