"""The prover as it is deployed, under its own role."""

import json
import secrets
from typing import Any

import boto3

from imchat.prover.checks import CHECKS
from imchat.prover.verifying import verify
from imchat.verify import FINE, NOT_FINE
from tests.flow.client import POOL, Answer, run, staff, until
from tests.flow.sites import TestSite


def fetch(stack: dict[str, Any], path: str) -> Answer:
    answer = POOL.request("GET", stack["web_url"] + path)
    return Answer(answer.status, answer.headers, answer.data)


def night(stack: dict[str, Any]) -> dict[str, Any]:
    body = boto3.client("s3").get_object(Bucket=stack["buckets"]["proof"], Key="findings/night.json")["Body"].read()
    return dict(json.loads(body))


def test_the_deployed_prover_may_look_at_all_that_it_checks(stack: dict[str, Any]) -> None:
    ended = run(stack, "Prover")
    findings = night(stack)["findings"]
    assert sum(ended["checks"].values()) == len(findings)
    assert not [name for name, one in findings.items() if "Denied" in one["technical"]]
    could_look = {name for name, one in findings.items() if one["outcome"] != "could_not_be_checked"}
    # Here is no firewall, no alarm and no rule that takes in mail; backups do not tell how far they reach; and what
    # works by the clock has not run yet.
    assert {check.name for check in CHECKS} - could_look <= {
        "protected", "alarms", "mail-in", "backups", "sweeper", "nudger", "reminders",
    }  # fmt: skip


def test_the_proof_is_public_signed_and_kept_for_minutes_only(stack: dict[str, Any], tmp_path: Any) -> None:
    run(stack, "Prover")
    page = fetch(stack, "/proof")
    assert page.status == 200
    assert b"Is the privacy notice kept?" in page.body
    assert page.headers["cache-control"] == "public, max-age=300"
    assert "default-src 'none'; style-src 'sha256-" in page.headers["content-security-policy"]
    for name in ("proof.json", "proof.json.sig"):
        (tmp_path / name).write_bytes(fetch(stack, f"/{name}").body)
    key = fetch(stack, "/v1/signing-key").json["proofs"]["pem"].encode()
    assert verify(tmp_path / "proof.json", key)[0] == FINE
    (tmp_path / "proof.json").write_bytes((tmp_path / "proof.json").read_bytes() + b" ")
    assert verify(tmp_path / "proof.json", key)[0] == NOT_FINE
    assert fetch(stack, "/proof/findings").status == 404
    assert fetch(stack, "/proof/../findings/night.json").status != 200


def test_what_the_desk_says_of_a_failure_is_on_the_page_without_another_look(stack: dict[str, Any]) -> None:
    run(stack, "Prover")
    before = night(stack)
    s3, bucket = boto3.client("s3"), stack["buckets"]["proof"]
    failed = json.loads(json.dumps(before))
    failed["history"]["17"][-1]["state"] = "not_kept"
    s3.put_object(Bucket=bucket, Key="findings/night.json", Body=json.dumps(failed))
    desk = staff(stack, "privacy")
    said = {"sentence": f"A rule was off ({secrets.token_hex(4)}); it is on again."}
    shown = {one["number"]: one for one in desk("GET", "/v1/desk/proof").json["promises"]}
    if shown[17]["sentence"]:
        said["instead_of"] = shown[17]["sentence"]
    assert desk("PUT", "/v1/desk/proof/17", said).status == 204
    until(lambda: said["sentence"].encode() in fetch(stack, "/proof").body)
    assert night(stack) == failed
    assert desk("PUT", "/v1/desk/proof/17", {"sentence": "Another."}).json["type"] == "/problems/changed_meanwhile"
    assert desk("PUT", "/v1/desk/proof/1x", said).status == 404
    taken_back = {"sentence": "", "instead_of": said["sentence"]}
    assert desk("PUT", "/v1/desk/proof/17", taken_back).status == 204
    until(lambda: said["sentence"].encode() not in fetch(stack, "/proof").body)
    s3.put_object(Bucket=bucket, Key="findings/night.json", Body=json.dumps(before))


def test_the_desk_of_another_website_sees_no_finding_and_says_nothing(stack: dict[str, Any], site: TestSite) -> None:
    for answer in (
        site.privacy("GET", "/v1/desk/proof"),
        site.privacy("PUT", "/v1/desk/proof/17", {"sentence": "It is ours."}),
    ):
        assert (answer.status, answer.json["type"]) == (403, "/problems/not_our_desk")
