"""The system under test: one running stack for the whole session, deployed from the real template."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bench.ports import free_port
from tests.limits.hook import RECORDER, REFUSED, enforce

# No test depends on how fast the machine is.
hypothesis_settings.register_profile(
    "any_speed", parent=hypothesis_settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any_speed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of which one test takes minutes: a worker that gets one of these last goes on alone."""
    items.sort(key=lambda item: not item.path.is_relative_to(Path(__file__).parent / "year"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What ``make run`` writes into stack.json, of a stack on free ports. ``IMCHAT_STACK`` names the stack.json of one
    that runs already."""
    if running_already := os.environ.get("IMCHAT_STACK"):
        yield speak_to_running(running_already)
        return
    from infra.local.run import running

    with running(free_port(), free_port(), tmp_path_factory.mktemp("stack"), log=lambda *_: None) as made:
        yield made


@pytest.fixture(scope="session")
def tables(stack: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The emulator's tables and secrets for the library in this process (as root: IAM is the deployed stack's to
    prove), with a queue that no mailer empties and a state machine that does nothing: what comes then, the tests do
    themselves."""
    from bench.stack import quiet
    from imchat.settings import settings

    os.environ.update(quiet("adapters"))
    settings.cache_clear()
    enforce()
    yield stack
    # What the emulator took, another DynamoDB must take too.
    assert RECORDER.problems() == []


@pytest.fixture(autouse=True)
def within_limits() -> Iterator[None]:
    """No call of the test was beyond a limit of AWS, whatever the library made of the refusal."""
    REFUSED.clear()
    yield
    assert not REFUSED


@pytest.fixture(scope="module")
def no_other_requests(tables: dict[str, Any]) -> None:
    """No open rights request on the stack, as other tests leave them, some broken on purpose: the deployed nudger takes
    all there are."""
    from imchat.stores.requests import EVERYBODY, Request

    for left in Request.deadline_index.query(EVERYBODY):
        Request(left.pk).delete()


def speak_to_running(stack_json: str) -> dict[str, Any]:
    """Have the library in this process speak to the stack that a file describes, which is answered."""
    stack: dict[str, Any] = json.loads(Path(stack_json).read_text())
    _speak_to(stack)
    return stack


def _speak_to(stack: dict[str, Any]) -> None:
    from infra.local.emulator import CREDENTIALS

    os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=stack["endpoint_url"], AWS_DEFAULT_REGION=stack["region"])
    os.environ.update({f"{name.upper()}_TABLE": table for name, table in stack["tables"].items()})
    os.environ.update(
        STAGE="dev",
        TRANSCRIPT_QUEUE_URL=stack["queues"]["transcripts"],
        TOKEN_SECRET_ID=stack["secrets"]["token"],
        ADDRESS_SECRET_ID=stack["secrets"]["address"],
        IDENTITY_SECRET_ID=stack["secrets"]["identity"],
        LEDGER_SECRET_ID=stack["secrets"]["ledger"],
        EDGE_SECRET_ID=stack["secrets"]["edge"],
        INBOUND_BUCKET=stack["buckets"]["inbound"],
        CORRESPONDENCE_BUCKET=stack["buckets"]["correspondence"],
        EXPORTS_BUCKET=stack["buckets"]["exports"],
        PARTS_BUCKET=stack["buckets"]["parts"],
        IDENTITY_BUCKET=stack["buckets"]["identity"],
        SIGNING_KEY=stack["signing_key"],
        PROOF_BUCKET=stack["buckets"]["proof"],
        PROOF_KEY=stack["proof_key"],
        REQUESTS_MACHINE=stack["machines"]["requests"],
        MAIL_SITE_ID=stack["site_id"],
        ACCOUNTING_YEAR_END="03-31",
        ALARMS_TOPIC=stack["topics"]["alarms"],
        MAIL_FROM=stack["mail"]["from"],
        MAIL_CONFIGURATION_SET=stack["mail"]["configuration_set"],
        WEB_URL=stack["web_url"],
        USER_POOL=stack["user_pool_id"],
        USER_POOL_CLIENT=stack["user_pool_client_id"],
        SOCKET_ENDPOINT=stack["socket_endpoint"],
    )
