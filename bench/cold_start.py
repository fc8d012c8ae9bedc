"""Cold start: each function as AWS starts it (bench/runtime.py), from the built zips alone, with its own environment
and an event as it really comes, of which a trace is kept; against the floor of a function that makes one DynamoDB
client of botocore's as it ships and one call. CPU time from the first instruction to the answer, the best of several
runs taken in turn, so that a busy machine slows all alike. Beside it the same without a trace, and a floor that has
what ours do for every function. And what is packaged, and what reading bodies costs with one library and with another.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import boto3
import botocore

from bench import bodies, first_events
from bench.figures import Figure
from bench.first_events import BY_THE_CLOCK, VISITORS, Event
from bench.runtime import invoke, runtime_client
from bench.stack import local_stack, quiet
from imchat.settings import settings
from infra.build import packaged
from infra.local.deploy import STACK

PACKAGED = packaged("dev")
RUNS = 7
# The function that answers visitors, and each other.
BUDGET, OTHERS_BUDGET = 1.2, 1.5
MODULES_BUDGET = 580
ZIPS = {"functions.zip": ("task", 8), "layer.zip": ("opt", 1)}
FLOOR = """
import os, botocore.session

def handler(event, context):
    client = botocore.session.get_session().create_client("dynamodb")
    key = {"pk": {"S": "SITE#demo"}, "sk": {"S": "SITE"}}
    client.get_item(TableName=os.environ["ACCOUNTS_TABLE"], Key=key, ConsistentRead=True)
"""
FLOOR_NAME = "floor"
SHIPPED, OURS = "one botocore client, one call", "the same with slim models and garbage looked for as seldom"
# The visitors' function, and what it has loaded when it answers.
COUNTED = """
import sys
import app

def handler(event, context):
    answer = app.app(event, context)
    return {"statusCode": answer["statusCode"], "modules": sorted(sys.modules)}
"""


@dataclass(frozen=True)
class Function:
    """How the stack starts a function: its handler ("module.name") and its environment."""

    handler: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Start:
    """A function by its logical name, what it is asked, and whether X-Ray keeps a trace of it."""

    name: str
    what: str
    traced: bool = True


def unpack(folder: Path) -> list[str]:
    """Unpack both zips below ``folder``; the paths that Lambda would search."""
    for name, (place, _) in ZIPS.items():
        with zipfile.ZipFile(PACKAGED / name) as archive:
            archive.extractall(folder / place)
    return [str(folder / "task"), str(folder / "opt" / "python")]


def floors(folder: Path, code: list[str]) -> dict[str, list[str]]:
    """What each floor is: its path. The one has botocore from the same zip, as precompiled, but with its models as it
    ships them; the other botocore as the functions have it, and their threshold of looking for garbage."""
    shipped, ours = folder / "shipped", folder / "ours"
    shutil.copytree(folder / "task", shipped)
    shutil.rmtree(shipped / "botocore" / "data")
    shutil.copytree(Path(botocore.__file__).parent / "data", shipped / "botocore" / "data")
    (shipped / "floor.py").write_text(FLOOR)
    ours.mkdir()
    (ours / "floor.py").write_text(f"import functions\n{FLOOR}")
    return {SHIPPED: [str(shipped)], OURS: [str(ours), *code]}


def once(code: str, paths: list[str]) -> str:
    """Run ``code`` in a fresh process with nothing but ``paths`` and the standard library; what it prints. Raises
    CalledProcessError."""
    environment = {
        "PYTHONPATH": os.pathsep.join(paths),
        "PATH": os.defpath,
        "AWS_DEFAULT_REGION": "eu-west-2",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=paths[0])
    return done.stdout


def functions(instead: Mapping[str, str]) -> dict[str, Function]:
    """Logical name: each function of the running stack, with the settings ``instead`` in place of its own."""
    found = boto3.client("cloudformation").get_paginator("list_stack_resources")
    resources = found.paginate(StackName=STACK).build_full_result()["StackResourceSummaries"]
    here = {name: value for name, value in os.environ.items() if name.startswith("AWS_")} | instead
    every = {}
    for one in resources:
        if one["ResourceType"] == "AWS::Lambda::Function":
            made = boto3.client("lambda").get_function_configuration(FunctionName=one["PhysicalResourceId"])
            environment = made["Environment"]["Variables"] | {"AWS_LAMBDA_FUNCTION_NAME": made["FunctionName"]} | here
            every[one["LogicalResourceId"]] = Function(made["Handler"], environment)
    return every


def measure(
    every: dict[str, Function], events: dict[str, dict[str, Event]], folder: Path, runs: int = RUNS
) -> dict[Start, float]:
    """CPU seconds of each start, the floors' among them."""
    client, code = runtime_client(folder), unpack(folder)
    bare = Function("floor.handler", every[VISITORS].environment)
    best: dict[Start, float] = {}

    def start(one: Start, function: Function, event: object, paths: list[str]) -> None:
        seconds = invoke(
            function.handler, event, paths=[*paths, client], environment=function.environment, traced=one.traced
        ).seconds
        best[one] = min(best.get(one, seconds), seconds)

    floor_paths = floors(folder, code)
    # What the clock starts looks at all there is, so it comes before the others leave something.
    for names in (BY_THE_CLOCK, sorted(events.keys() - set(BY_THE_CLOCK))):
        for _ in range(runs):
            for what, paths in floor_paths.items():
                start(Start(FLOOR_NAME, what), bare, {}, paths)
            for name in names:
                for what, event in events[name].items():
                    for traced in (True, False):
                        start(Start(name, what, traced), every[name], event(), code)
    return best


def modules(function: Function, event: object, folder: Path) -> list[str]:
    """The modules that are loaded when the visitors' function has answered ``event``, from what ``folder`` has
    unpacked."""
    place = folder / "counted"
    place.mkdir(exist_ok=True)
    (place / "counted.py").write_text(COUNTED)
    paths = [str(folder / "task"), str(folder / "opt" / "python"), str(folder / "runtime"), str(place)]
    answer = invoke("counted.handler", event, paths=paths, environment=function.environment).payload
    if answer["statusCode"] >= 300:
        raise RuntimeError(f"{VISITORS} answered {answer['statusCode']}")
    return list(answer["modules"])


def starts() -> tuple[dict[str, Function], dict[str, dict[str, Event]]]:
    """Each function of the running stack, and its first events; whatever these queue or begin stays as it is. Raises
    LookupError where a function has no event."""
    instead = quiet("first-events")
    os.environ.update(instead)
    settings.cache_clear()
    every, events = functions(instead), first_events.of()
    if every.keys() != events.keys():
        raise LookupError(f"functions without an event, or events without a function: {every.keys() ^ events.keys()}")
    return every, events


def figures() -> Iterator[Figure]:
    """Each function against the floor; what is loaded and packaged; bodies."""
    with tempfile.TemporaryDirectory() as place, local_stack():
        folder = Path(place)
        every, events = starts()
        best = measure(every, events, folder)
        asked = events[VISITORS].values()
        loaded = max(len(modules(every[VISITORS], event(), folder)) for event in asked)
    bare = best[Start(FLOOR_NAME, SHIPPED)]
    for one, seconds in best.items():
        if one.traced:
            budget = {FLOOR_NAME: None, VISITORS: BUDGET}.get(one.name, OTHERS_BUDGET)
            untraced = best.get(replace(one, traced=False))
            aside = f"{seconds * 1000:.0f} ms" + (f"; without a trace {untraced / bare:.2f} x" if untraced else "")
            yield Figure(f"{one.name}: {one.what}", seconds / bare, "x", budget, aside)
    yield Figure(f"modules loaded by {VISITORS}, at most", loaded, "modules", MODULES_BUDGET)
    for name, (_, most) in ZIPS.items():
        with zipfile.ZipFile(PACKAGED / name) as archive:
            unpacked = sum(one.file_size for one in archive.infolist()) / 1e6
        yield Figure(name, (PACKAGED / name).stat().st_size / 1e6, "MB", most, f"{unpacked:.1f} MB unpacked")
    with tempfile.TemporaryDirectory() as place:
        for library, seconds in bodies.measure(Path(place)).items():
            aside = f"{seconds * 1000:.1f} ms"
            yield Figure(f"models of all bodies, and one read, with {library}", seconds / bare, "x", None, aside)
