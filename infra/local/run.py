"""``make run``: from a fresh clone to a running system; Ctrl-C ends all of it."""

import json
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from imchat.aws import secret
from infra import buckets, release, runtime, tables
from infra.build import ROOT, BuildFailed, build
from infra.local import deploy, seed
from infra.local.emulator import CREDENTIALS, REGION, Emulator, NotStarted, free
from infra.local.web import Behind, WebServer
from infra.stacks import DeployFailed, resources, use_stack
from infra.web import build_web


def _can_run() -> None:
    """Raise NotStarted where the functions are packaged for another Python or machine than would run them."""
    on = runtime.of_stage("dev")
    if not on.runs_here:
        raise NotStarted(
            f"The functions are packaged for {on.name} on Linux ({on.machine}), and the local stack runs them here, on "
            f"{sys.implementation.cache_tag} of {sys.platform} ({platform.machine()}): name the right Python with "
            'PYTHON=..., or set "runtime" and "lambda_architecture" in .chalice/config.json.'
        )


@contextmanager
def running(port: int, web_port: int, folder: Path, *, log: Any = print) -> Iterator[dict[str, Any]]:
    """The whole system, while the context lasts; what stack.json says of it. Raises NotStarted, BuildFailed,
    DeployFailed."""
    _can_run()
    folder.mkdir(exist_ok=True)
    written = folder / "stack.json"
    written.unlink(missing_ok=True)
    free(port, "the emulator", "IMCHAT_PORT")
    free(web_port, "the web pages", "IMCHAT_WEB_PORT")
    with ExitStack() as ends:
        log("[1/4] building")
        pages = build_web(log)
        template = build("dev", log=log)
        log("[2/4] starting the emulator")
        emulator = Emulator(port, folder)
        ends.callback(emulator.stop)
        emulator.start()
        log("[3/4] deploying the template")
        web_url = f"http://127.0.0.1:{web_port}"
        outputs = deploy.deploy(emulator.url, template, web_url, pages)
        log("[4/4] making the demo site and its staff")
        os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=emulator.url, AWS_DEFAULT_REGION=REGION)
        use_stack(outputs, "dev")
        staff = seed.seed(deploy.clients(emulator.url)("cognito-idp"), outputs, web_url)
        api_url = f"{emulator.url}/_aws/execute-api/{outputs['RestAPIId']}/api"
        behind = Behind(
            pages=pages,
            api_url=api_url,
            socket_url=f"ws{outputs['SocketEndpoint'].removeprefix('http')}",
            edge_secret=lambda: str(json.loads(secret(outputs["EdgeSecret"]))["shown"]),
            emulator_url=emulator.url,
            proof=partial(_proof, deploy.clients(emulator.url)("s3"), outputs["ProofBucket"]),
            staff={who: {"name": seed.STAFF[who][0], **key} for who, key in staff.items()},
        )
        web = WebServer(web_port, behind)
        ends.callback(web.stop)
        web.start()
        stack = {
            "endpoint_url": emulator.url,
            "region": REGION,
            "api_url": api_url,
            "websocket_url": f"ws{web_url.removeprefix('http')}/socket",
            "socket_endpoint": outputs["SocketEndpoint"],
            "web_url": web_url,
            "mailbox_url": f"{web_url}/mailbox",
            "site_id": seed.SITE_ID,
            "user_pool_id": outputs["UserPool"],
            "user_pool_client_id": outputs["UserPoolClient"],
            "tables": {name: outputs[tables.logical_id(name)] for name in tables.names()},
            "buckets": {
                name: outputs[f"{name.title()}Bucket"]
                for name in ("inbound", "correspondence", "exports", "parts", "identity", "proof")
            },
            "machines": {"requests": outputs["RequestsMachine"]},
            "signing_key": outputs["SigningKey"],
            "proof_key": outputs["ProofKey"],
            "queues": {
                "transcripts": outputs["TranscriptQueue"],
                "transcripts_dead": outputs["TranscriptDeadLetters"],
            },
            "topics": {"mail_events": outputs["MailEvents"], "alarms": outputs["Alarms"]},
            "secrets": {
                "token": outputs["TokenSecret"],
                "address": outputs["AddressSecret"],
                "identity": outputs["IdentitySecret"],
                "ledger": outputs["LedgerSecret"],
                "edge": outputs["EdgeSecret"],
            },
            "mail": {"from": deploy.MAIL_FROM, "configuration_set": outputs["MailConfigurationSet"]},
            "staff": staff,
        }
        half_written = written.with_suffix(".new")
        half_written.write_text(json.dumps(stack, indent=1))
        half_written.replace(written)
        ends.callback(written.unlink, missing_ok=True)
        yield stack


def _proof(s3: Any, bucket: str, path: str) -> tuple[dict[str, str], bytes] | None:
    """What CloudFront would have of the prover's bucket: headers and content; None where there is nothing."""
    try:
        found = s3.get_object(Bucket=bucket, Key=f"{buckets.PROOF_PUBLIC}{path}")
    except s3.exceptions.NoSuchKey:
        return None
    return {"Content-Type": found["ContentType"], "Cache-Control": found["CacheControl"]}, found["Body"].read()


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    begun = time.monotonic()
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        if stop.is_set() or not ready.is_set():
            raise KeyboardInterrupt
        stop.set()

    ready = threading.Event()
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    folder = Path(os.environ.get("IMCHAT_LOCAL", ROOT / ".local"))
    try:
        ports = [
            int(os.environ.get(name, default)) for name, default in (("IMCHAT_PORT", 4566), ("IMCHAT_WEB_PORT", 8080))
        ]
    except ValueError:
        sys.exit("IMCHAT_PORT and IMCHAT_WEB_PORT must be numbers.")
    try:
        with running(*ports, folder) as stack:
            ready.set()
            names = dict(resources(deploy.STACK, "AWS::Lambda::Function"))
            release.first_run(deploy.clients(stack["endpoint_url"])("lambda"), names)
            print(f"\nready after {time.monotonic() - begun:.0f} seconds\n")
            print(f"  begin here    {stack['web_url']}/demo\n")
            print(f"  demo shop     {stack['web_url']}/")
            print(f"  console       {stack['web_url']}/console/")
            for one in stack["staff"].values():
                print(f"                {one['username']:<9} {one['password']}")
            print(f"  mailbox       {stack['mailbox_url']}")
            print(f"  your data     {stack['web_url']}/ask.html")
            print(f"  privacy       {stack['web_url']}/notice")
            print(f"  proof of it   {stack['web_url']}/proof")
            print(f"  API           {stack['web_url']}/v1/...")
            print(f"  mail to us    put a message into the bucket {stack['buckets']['inbound']}")
            print("  engineers     ./imchat status --local")
            print(f"  all of it     {os.path.relpath(folder)}/stack.json\n")
            print("Here, unlike on AWS:")
            for departure in deploy.departures():
                print(f"  - {departure}")
            print("\nCtrl-C ends it.", flush=True)
            stop.wait()
            print("\nending ...", flush=True)
    except KeyboardInterrupt:
        sys.exit("\nended.")
    except (NotStarted, BuildFailed, DeployFailed) as failed:
        sys.exit(f"\n{failed}")


if __name__ == "__main__":
    main()
