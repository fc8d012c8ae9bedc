"""docs/rights-of-functions.md as data: for each function, which action it may do on which of the template's resources."""

import re
from collections.abc import Iterator
from functools import cache

from imchat.register.stores import stores
from infra import buckets
from infra.build import ROOT

Right = tuple[str, str]
"""An action and where: a logical id of the template, and what of it."""

DOCUMENT = ROOT / "docs" / "rights-of-functions.md"
# "get one item, but of it nothing that it says": no action of its own, but a right of its own.
OUTLINE = "dynamodb:GetItem outline"
# How many items an index holds, and nothing of them.
COUNT = "dynamodb:Query count"
_LETTERS = {
    "g": "dynamodb:GetItem", "G": "dynamodb:BatchGetItem", "o": OUTLINE, "q": "dynamodb:Query", "p": "dynamodb:PutItem",
    "u": "dynamodb:UpdateItem", "d": "dynamodb:DeleteItem", "B": "dynamodb:BatchWriteItem",
    "c": "dynamodb:ConditionCheckItem",
}  # fmt: skip
_FILES = {
    "get": "s3:GetObject", "put": "s3:PutObject", "delete": "s3:DeleteObject", "give up": "s3:AbortMultipartUpload",
    "list": "s3:ListBucket",
}  # fmt: skip
LOOKS = "looks at settings"
_STACK = "AWS::StackName"
# The functions, as the document's first table has them.
FUNCTIONS = tuple(re.findall(r"^\| (\w+) \| (?=.* \| [a-z]+/test_)", DOCUMENT.read_text(), re.MULTILINE))[:-1]
# What the document calls places of settings: how the template names them.
SETTINGS: dict[str, tuple[str, ...]] = {
    "the stack": (f"arn:AWS::Partition:cloudformation:AWS::Region:AWS::AccountId:stack/{_STACK}/*",),
    "the stack's roles": tuple(
        f"arn:AWS::Partition:iam::AWS::AccountId:role/{_STACK}-{name}Role-*"
        for name in (*FUNCTIONS, "RequestsMachine", "GatewayLogs")
    ),
    "the stack's functions": tuple(
        f"arn:AWS::Partition:lambda:AWS::Region:AWS::AccountId:function:{_STACK}-{name}-*" for name in FUNCTIONS
    ),
    "the stack's layer": ("arn:AWS::Partition:lambda:AWS::Region:AWS::AccountId:layer:imchat-Stage:*",),
    "the stack's rules": tuple(
        f"arn:AWS::Partition:events:AWS::Region:AWS::AccountId:rule/{_STACK}-{name}-*"
        for name in ("SweepSchedule", "NudgeSchedule", "RemindersSchedule")
    ),
    "alarms": ("arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:*",),
    "every table": tuple(f"{store.name.title()}Table" for store in stores()),
    "every bucket": tuple(f"{name}Bucket" for name in (*buckets.DAYS, buckets.PAGES, buckets.PROOF)),
    "every queue": ("TranscriptQueue", "TranscriptDeadLetters", "InboundDeadLetters", "ScheduleDeadLetters"),
    "logs of Sweeper, Nudger, Reminders": tuple(
        f"arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:/aws/lambda/{_STACK}-{name}-*"
        for name in ("Sweeper", "Nudger", "Reminders")
    ),
    "UserPool": ("UserPool",),
    "identity/any": ("identity/any",),
    "the API's stages": ("arn:AWS::Partition:apigateway:AWS::Region::/restapis/RestAPI/stages",),
    "DataKey": ("DataKey",),
    "Alarms": ("Alarms",),
    "*": ("*",),
}
_CONNECTIONS = "WebsocketAPI/socket/{}/@connections/*"
_START, _WAKE = ("states:StartExecution", "requests machine"), ("states:SendTaskSuccess", "*")
_LOOK = ("states:DescribeExecution", "requests machine's executions")
_SHOW = ("kms:GetPublicKey", "SigningKey")
# What Step Functions asks for of a machine that logs and traces; AWS has no resource to name for any of it.
DELIVERY = (
    "CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
    "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups",
)  # fmt: skip
SAMPLING = ("PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets")
_WORDS: dict[str, set[Right]] = {
    "sends mail jobs": {("sqs:SendMessage", "TranscriptQueue")},
    "sends schedule dead letters": {("sqs:SendMessage", "ScheduleDeadLetters")},
    "sends inbound dead letters": {("sqs:SendMessage", "InboundDeadLetters")},
    "takes mail jobs": {
        (f"sqs:{action}", "TranscriptQueue") for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    },
    "tells": {("execute-api:ManageConnections", _CONNECTIONS.format("POST"))},
    "ends": {("execute-api:ManageConnections", _CONNECTIONS.format("DELETE"))},
    "manages staff": {
        (f"cognito-idp:Admin{action}", "UserPool")
        for action in (
            "CreateUser", "GetUser", "ListGroupsForUser", "AddUserToGroup", "SetUserPassword", "UpdateUserAttributes",
            "DisableUser", "EnableUser", "UserGlobalSignOut",
        )
    },
    "sends mail": {
        (f"ses:{action}", where)
        for action in ("SendEmail", "SendRawEmail")
        for where in ("identity/any", "configuration-set/MailConfigurationSet")
    },
    "signs, shows the public key": {("kms:Sign", "SigningKey"), _SHOW},
    "shows the public key": {_SHOW},
    "wakes the machine": {_WAKE},
    "starts and wakes the machine": {_START, _WAKE},
    "starts, looks at and wakes the machine": {_START, _LOOK, _WAKE},
    "starts, looks at and wakes the machine, lifts suppressions of mail": {
        _START,
        _LOOK,
        _WAKE,
        ("ses:DeleteSuppressedDestination", "*"),
    },
    "ends suppressions of mail": {
        ("ses:ListSuppressedDestinations", "*"),
        ("ses:DeleteSuppressedDestination", "*"),
    },
    "raises alarms": {("sns:Publish", "Alarms")},
    "shows the public keys": {_SHOW, ("kms:GetPublicKey", "ProofKey")},
    "signs proofs": {("kms:Sign", "ProofKey")},
    "starts, looks at and stops itself, runs searcher, copier and changer, has its log delivered and its traces taken": {
        _START,
        ("states:DescribeExecution", "requests machine's own executions"),
        ("states:StopExecution", "requests machine's own executions"),
        ("states:DescribeExecution", "requests machine's executions"),
        ("states:StopExecution", "requests machine's executions"),
        *(("lambda:InvokeFunction", function) for function in ("Searcher", "Copier", "Changer")),
        *((f"logs:{action}", "*") for action in DELIVERY),
        *((f"xray:{action}", "*") for action in SAMPLING),
    },
}  # fmt: skip


def table(store: str) -> str:
    """What the template calls a store's table."""
    return f"{store.title()}Table"


def bucket_of(place: str) -> str:
    """What the template calls the bucket of a place: of "proof/findings" ProofBucket."""
    return f"{place.partition('/')[0].title()}Bucket"


def files_of(place: str) -> str:
    """All files of a place: of "proof/findings" ProofBucket/findings/*."""
    return "/".join(part for part in (bucket_of(place), place.partition("/")[2], "*") if part)


# Of which buckets some may use only some files.
FOLDERS = ("proof/findings", "proof/sentences")


def rows(first_heading: str) -> dict[str, dict[str, str]]:
    """A table of the document, found by the heading of its second column: for each function, cells by heading."""
    found: dict[str, dict[str, str]] = {}
    headings: list[str] = []
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            headings = []
        elif cells[0] == "function":
            headings = cells[1:]
        elif headings and headings[0].startswith(first_heading) and set(cells[0]) != {"-"}:
            assert cells[0] not in found, f"{cells[0]} stands there twice"
            found[cells[0]] = dict(zip(headings, cells[1:], strict=True))
    return found


@cache
def declared() -> dict[str, frozenset[Right]]:
    """The rights of each function, as the document says, beside those to its own log and traces."""
    rights: dict[str, set[Right]] = {}
    for function, cells in rows("chats").items():
        mine = rights.setdefault(function, set())
        mine |= {
            (COUNT, f"{table(store)}/index/due") if letter == "n" else (_LETTERS[letter], table(store))
            for store, cell in cells.items()
            for letter in cell
        }
    for function, cells in rows("may look up").items():
        for store, names in _listed(next(iter(cells.values()))):
            rights[function] |= {("dynamodb:Query", f"{table(store)}/index/{name}") for name in names}
    for function, cells in rows("files").items():
        rights[function] |= set(_more(cells))
    rights["Prover"] |= set(_settings())
    return {function: frozenset(some) for function, some in rights.items()}


def _more(cells: dict[str, str]) -> list[Right]:
    found = [
        (_FILES[verb], bucket_of(place) if verb == "list" else files_of(place))
        for place, verbs in _listed(cells["files"])
        for verb in verbs
    ]
    found += [("secretsmanager:GetSecretValue", f"{name.title()}Secret") for name in _split(cells["secrets"], ",")]
    more = cells["more"] if cells["more"] in _WORDS else _split(cells["more"], ",")
    for words in (
        *_split(cells["queues"], ","),
        *_split(cells["connected pages"], ","),
        *([more] if isinstance(more, str) else more),
    ):
        found += _WORDS[words] if words != LOOKS else ()
    return found


def _settings() -> Iterator[Right]:
    """What the prover may look at."""
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if len(cells) == 3 and cells[1] in SETTINGS:
            for service, actions in _listed(cells[2]):
                yield from ((f"{service}:{action}", where) for action in actions for where in SETTINGS[cells[1]])


def _listed(cell: str) -> list[tuple[str, list[str]]]:
    """ "a: b, c; d: e" as pairs."""
    pairs = (part.partition(":") for part in _split(cell, ";"))
    return [(name.strip(), _split(listed, ",")) for name, _, listed in pairs]


def _split(cell: str, sign: str) -> list[str]:
    return [part.strip() for part in cell.split(sign) if part.strip()]
