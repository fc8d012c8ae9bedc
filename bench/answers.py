"""Answering an access request of a person with 500 chats and 5,000 messages. Calls are counted where botocore sends
them; time is the median of several runs, with the best beside it, and CPU that of the best run, told as the ratio to
bare calls that read the same chats and write the same copy."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from bench.answering import Person, copy_of, references
from bench.endings import PERSON_CHATS, PERSON_MESSAGES
from bench.figures import Figure
from bench.stack import local_stack
from imchat.settings import settings, table_name
from imchat.stores.requests import Request
from imchat.stores.verbs import READ_AT_ONCE, batches

CALLS_BUDGET, SECONDS_BUDGET = 32, 1.0
_RUNS = 40


def bare_calls(request: Request) -> Callable[[], None]:
    """Reads the chats of an answer and writes its copy, with botocore alone."""
    import botocore.session

    session = botocore.session.get_session()
    dynamodb, s3 = session.create_client("dynamodb"), session.create_client("s3")
    copy, table = copy_of(request), table_name("chats")
    keys: list[dict[str, Any]] = [{"pk": {"S": one.pk}, "sk": {"S": one.sk}} for one in references(request)]

    def call() -> None:
        for some in batches(keys, READ_AT_ONCE):
            dynamodb.batch_get_item(RequestItems={table: {"Keys": some, "ConsistentRead": True}})
        s3.put_object(Bucket=settings().parts_bucket, Key="bench", Body=copy)

    return call


def figures() -> Iterator[Figure]:
    """Calls, and time."""
    what = f"access request of {PERSON_CHATS} chats, {PERSON_CHATS * PERSON_MESSAGES:,} messages"
    with local_stack():
        person = Person(PERSON_CHATS, PERSON_MESSAGES)
        request, first = person.answered()
        floor, runs, floors = bare_calls(request), [], []
        for _ in range(_RUNS):
            begun = time.process_time()
            floor()
            floors.append(time.process_time() - begun)
            runs.append(person.answered()[1])
    seconds, cpu, bare = [one.seconds for one in runs], min(one.cpu for one in runs), min(floors)
    yield Figure(f"{what}: DynamoDB calls", first.calls["dynamodb"], "calls", CALLS_BUDGET)
    yield Figure(f"{what}: S3 calls", first.calls["s3"], "calls", None, f"ZIP {request.copy.size / 1e6:.2f} MB")
    aside = f"median of {_RUNS}; the best {min(seconds):.2f}"
    yield Figure(f"{what}: time", median(seconds), "seconds", SECONDS_BUDGET, aside)
    yield Figure(f"{what}: CPU", cpu / bare, "x", None, f"{cpu:.2f} s; bare calls {bare:.2f} s")
