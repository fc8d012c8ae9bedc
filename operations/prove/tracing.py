"""Where canaries left traces. Where other people's data may be, nothing is read but what is found by the canaries' own
keys, references and marker; elsewhere everything is."""

from collections.abc import Iterator, Sequence
from typing import Any

import boto3

from imchat.clock import milliseconds
from imchat.register.stores import stores
from imchat.subjects import Subject
from infra.stacks import resources
from infra.traces import Place, found_in, stored, traces
from operations.prove.play import Play
from operations.prove.report import Broken, Untried
from operations.queues import queues

# What the receipts name: the system log (N19), and the requests that were made.
_KEPT = {"evidence", "requests"}
# The emulator keeps the mail that it was given; on AWS it has gone to whom it is for.
_GONE = {"mail"}
# How many messages SQS gives at once at most; how often it is asked beyond that many; how long they are hidden then.
_AT_ONCE, _MORE_LOOKS, _HIDDEN_SECONDS = 10, 3, 10


def before(play: Play) -> str:
    """While the chats are there, what was said in them stands in them, and nowhere else: what finds it here would find
    it elsewhere too."""
    words = list(play.said.values())
    if not words:
        raise Untried("nothing was said")
    for found in found_traces(play, words):
        unseen = [word for word, places in found.items() if not any(place.name == "chats" for place in places)]
        if unseen:
            raise Untried(f"{len(unseen)} of {len(words)} words were not found where they must be: the search is blind")
        _clean(_elsewhere(found, {"chats"}))
    return f"{len(words)} words that were said were found in the table of chats, and nowhere else"


def after(play: Play) -> str:
    """After all deletions nothing of them is left but what receipts name."""
    play.stage.until("the end of the requests' flows", lambda: not any(map(_runs, _executions(play))))
    details, words = [play.canary.name, *play.addresses], [play.canary.phone, *play.said.values()]
    for found in found_traces(play, [*details, *words]):
        told = _elsewhere({one: found[one] for one in details}, _KEPT)
        _clean(told | _elsewhere({one: found[one] for one in words}, set()))
    left = " and ".join(store.activity.title.lower() for store in stores() if store.name in _KEPT)
    searched = f"{len(details) + len(words)} values were searched {_where(play)}"
    return f"{searched}: none is left but names and addresses in {left}"


def _where(play: Play) -> str:
    if play.stage.emulator:
        return "in all tables, buckets, queues, logs, metrics and histories"
    stored = "by their keys and references in" if play.stage.holds_people else "in all"
    return f"{stored} tables and buckets, by their marker in logs, dead letters, metrics and histories"


def _elsewhere(found: dict[str, set[Place]], allowed: set[str]) -> set[str]:
    """The places, but for the tables of these stores, where something is found."""
    return {
        f"{place.kind} {place.name}"
        for places in found.values()
        for place in places
        if place.kind not in _GONE and not (place.kind in ("table", "index") and _store(place) in allowed)
    }


def _clean(places: set[str]) -> None:
    if places:
        raise Broken(f"traces were found in {', '.join(sorted(places))}")


def _store(place: Place) -> str:
    return place.name.partition(".")[0]


def found_traces(play: Play, values: Sequence[str]) -> Iterator[dict[str, set[Place]]]:
    """Where each of ``values`` stands on the stage, by each way to search it: on the emulator also by the one that a
    stage with people gets, so that both are tried."""
    stage = play.stage
    if stage.emulator:
        yield traces({"endpoint_url": stage.emulator, "tables": stage.tables, "buckets": stage.buckets}, values)
    if stage.emulator or stage.holds_people:
        yield found_in(by_keys(play), values)
    else:
        yield found_in(_all_stored(play), values)


def _all_stored(play: Play) -> Iterator[tuple[Place, Any]]:
    yield from stored(boto3.client, play.stage.tables, play.stage.buckets)
    yield from _beside(play)


def by_keys(play: Play) -> Iterator[tuple[Place, Any]]:
    """What is found by the canaries' keys alone: nothing of anybody else is read."""
    yield from _items(play)
    yield from objects(play)
    yield from _beside(play)


def _beside(play: Play) -> Iterator[tuple[Place, Any]]:
    for look in (_logs, _queues, _histories, _metrics):
        yield from look(play)


def _items(play: Play) -> Iterator[tuple[Place, Any]]:
    """By what a person is found by, on every website; and by the ids of chats."""
    dynamodb, keys = boto3.client("dynamodb"), set()
    whose = Subject.of("", emails=play.addresses, names=[play.canary.name], phones=[play.canary.phone], everywhere=True)
    for store in stores():
        if store.activity.categories:
            keys |= {(store.name, one.pk, one.sk) for one in store.find(whose)}
    for store_name, pk, sk in sorted(keys, key=str):
        key = {"pk": {"S": pk}} | ({"sk": {"S": sk}} if sk else {})
        item = dynamodb.get_item(TableName=play.stage.tables[store_name], Key=key, ConsistentRead=True).get("Item")
        yield Place("table", store_name, pk), item
    for visitor in play.chats.values():
        found = dynamodb.query(
            TableName=play.stage.tables["chats"],
            KeyConditionExpression="pk = :chat",
            ExpressionAttributeValues={":chat": {"S": visitor.chat_id}},
            ConsistentRead=True,
        )
        yield from ((Place("table", "chats", visitor.chat_id), item) for item in found["Items"])


def objects(play: Play) -> Iterator[tuple[Place, Any]]:
    """By the references of requests, which begin what is kept for them, and the mail that came to canaries."""
    s3 = boto3.client("s3")
    for name, bucket in play.stage.buckets.items():
        for reference in play.references.values():
            for prefix in (f"{reference}/", f"data-{reference}"):
                for one in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ()):
                    yield Place("object name", name, one["Key"]), one["Key"]
                    yield Place("bucket", name, one["Key"]), s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()


def _logs(play: Play) -> Iterator[tuple[Place, Any]]:
    """Lines since the beginning that hold the marker. A regular expression finds it within a word too
    (docs.aws.amazon.com/AmazonCloudWatch/latest/logs, "regex-expressions"); the emulator knows none, and looks for
    terms within words."""
    logs, marker = boto3.client("logs"), play.canary.marker
    pattern = f'"{marker}"' if play.stage.emulator else f"%{marker}%"
    for _, group in resources(play.stage.stack, "AWS::Logs::LogGroup"):
        asked = {"logGroupName": group, "filterPattern": pattern, "startTime": milliseconds(play.begun)}
        for page in logs.get_paginator("filter_log_events").paginate(**asked):
            yield from ((Place("log", group, event["logStreamName"]), event["message"]) for event in page["events"])


def _queues(play: Play) -> Iterator[tuple[Place, Any]]:
    """What lies among the dead letters is looked at, and stays there. A queue of work is not looked into: a message
    that is received is taken from whom it is for, and counts as tried."""
    sqs = boto3.client("sqs")
    for queue in (one for one in queues(play.stage.stack) if one.dead):
        seen: set[str] = set()
        for _ in range(-(-queue.waiting // _AT_ONCE) + _MORE_LOOKS if queue.waiting else 0):
            if len(seen) >= queue.waiting:
                break
            taken = sqs.receive_message(
                QueueUrl=queue.url,
                MaxNumberOfMessages=_AT_ONCE,
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            for message in taken:
                seen.add(message["MessageId"])
                yield Place("queue", queue.name, message["MessageId"]), message
        if len(seen) < queue.waiting:
            raise Untried(f"of {queue.waiting} messages in {queue.name} {len(seen)} could be looked at")


def _histories(play: Play) -> Iterator[tuple[Place, Any]]:
    """Of the flows of the requests that were made."""
    machines = boto3.client("stepfunctions")
    for arn in _executions(play):
        place = Place("execution", "requests", arn.rpartition(":")[2])
        described = machines.describe_execution(executionArn=arn)
        yield place, [described.get(part) for part in ("name", "input", "output")]
        for page in machines.get_paginator("get_execution_history").paginate(executionArn=arn):
            yield place, page["events"]


def _executions(play: Play) -> list[str]:
    """The flows of the requests that were made: nobody has begun one of them anew within minutes."""
    machine = play.stage.outputs["RequestsMachine"].replace(":stateMachine:", ":execution:")
    return [f"{machine}:{reference}-1" for reference in play.references.values()]


def _runs(arn: str) -> bool:
    return bool(boto3.client("stepfunctions").describe_execution(executionArn=arn)["status"] == "RUNNING")


def _metrics(play: Play) -> Iterator[tuple[Place, Any]]:
    for page in boto3.client("cloudwatch").get_paginator("list_metrics").paginate():
        for metric in page["Metrics"]:
            yield Place("metric", metric["MetricName"], metric["Namespace"]), metric
