"""The one door to AWS: one botocore session, clients made on first use and kept, secrets remembered for minutes."""

import os
import threading
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PynamoDBException, VerboseClientError

from imchat.item_parser import item_parsers
from imchat.settings import settings

# Longer than a healthy call ever takes, short enough that retries fit inside a Lambda's 30 seconds.
_CONNECT_SECONDS = 2
_READ_SECONDS = 5
_ATTEMPTS = 3
SECRET_SECONDS = 300
_FRESH_SECONDS = 10
# Pushing to connected browsers: one try, and a short one, for somebody waits who is not the one to be told.
SOCKETS = "apigatewaymanagementapi"
# Services to which the same call twice does the same thing twice, with the seconds they are given: a mail that SES
# or SNS took slowly must not go out again.
_NEVER_AGAIN = {"sesv2": 20, "sns": 20, SOCKETS: 2}

# What any call may raise when AWS does not do it, after its retries.
AWS_ERRORS = (BotoCoreError, ClientError, PynamoDBException, VerboseClientError)

_lock = threading.RLock()
_dynamodb: Connection | None = None
_session: Any = None
_clients: dict[str, Any] = {}
_secrets: dict[str, tuple[float, str]] = {}


def dynamodb() -> Connection:
    """The DynamoDB connection that every store shares (PynamoDB would make a client for each model)."""
    global _dynamodb, _session  # made once for the life of the process
    if _dynamodb is None:
        with _lock:
            if _dynamodb is None:
                made = Connection(
                    connect_timeout_seconds=_CONNECT_SECONDS,
                    read_timeout_seconds=_READ_SECONDS,
                    max_retry_attempts=_ATTEMPTS,
                    max_pool_connections=50,
                )
                with item_parsers(made.session):
                    _ = made.client  # is made when it is first asked for
                # PynamoDB has one for each thread, and another costs as much as a cold start.
                _session, _dynamodb = made.session, made
    return _dynamodb


def client(service: str) -> Any:
    """The botocore client of ``service`` (its botocore name), on the session that DynamoDB uses."""
    with _lock:
        if service not in _clients:
            from botocore.config import Config

            once = service in _NEVER_AGAIN
            config = Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_NEVER_AGAIN[service] if once else _READ_SECONDS,
                max_pool_connections=20,
                retries={"mode": "standard", "total_max_attempts": 1 if once else _ATTEMPTS},
                # What is encrypted with a key of ours is given out to links of this kind only, which in older regions
                # is not botocore's first choice.
                signature_version="s3v4" if service == "s3" else None,
                # A link names the bucket's own region, for elsewhere a new bucket is not known for hours. What stands
                # in for AWS has no names of buckets.
                s3=None if os.environ.get("AWS_ENDPOINT_URL") else {"addressing_style": "virtual"},
            )
            endpoint = settings().socket_endpoint if service == SOCKETS else None
            dynamodb()
            _clients[service] = _session.create_client(service, config=config, endpoint_url=endpoint)
        return _clients[service]


def secret(secret_id: str, *, fresh: bool = False) -> str:
    """The text of a secret, remembered for five minutes. ``fresh`` asks again (for a key id not yet known), but not
    within ten seconds of the last time: whoever invents key ids shall not make us ask for each."""
    with _lock:
        known = _secrets.get(secret_id)
        if known and time.monotonic() - known[0] < (_FRESH_SECONDS if fresh else SECRET_SECONDS):
            return known[1]
    value: str = client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]
    with _lock:
        _secrets[secret_id] = (time.monotonic(), value)
    return value
