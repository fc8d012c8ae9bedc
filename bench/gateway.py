"""Events as API Gateway hands them to a function."""

import json
import re
from typing import Any

_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
REQUEST_ID = "0a1b2c3d-0000-4000-8000-000000000000"


class Context:
    """What Lambda says of an invocation."""

    aws_request_id = REQUEST_ID
    function_name = "counted"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """As long as the longest may take."""
        return 300_000


def request(
    method: str,
    route: str,
    body: Any = None,
    *,
    headers: dict[str, str] | None = None,
    staff: dict[str, str] | None = None,
    **named: Any,
) -> dict[str, Any]:
    """A request of a browser, ``staff`` being the claims of somebody signed in. ``named`` fills the route's names, what
    is left is the query."""
    path = {name: named.pop(name) for name in re.findall(r"{(\w+)}", route)}
    return {
        "requestContext": {
            "resourcePath": route,
            "httpMethod": method,
            "requestId": REQUEST_ID,
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {"claims": staff or {}},
        },
        "headers": {"content-type": "application/json", "user-agent": _BROWSER} | (headers or {}),
        "multiValueQueryStringParameters": {name: [str(value)] for name, value in named.items()} or None,
        "pathParameters": path,
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
        "stageVariables": None,
    }


def socket(connection: str, frame: Any = None, *, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """What happens on a connection: a ``frame`` on it, or that it begins or ends."""
    return {
        "requestContext": {
            "connectionId": connection,
            "apiId": "api",
            "stage": "socket",
            "domainName": "socket.example",
            "requestId": REQUEST_ID,
            "eventType": "any",
        },
        "headers": headers or {},
        "isBase64Encoded": False,
    } | ({} if frame is None else {"body": json.dumps(frame)})
