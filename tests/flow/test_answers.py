"""Rights requests from the first word to the end, on the deployed stack: the state machine, its tasks under their own
roles, the desk, the person's mailbox."""

import hashlib
import secrets
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from imchat.desk.mails import PRIVACY_PREFIX
from imchat.register.controller import CONTACT
from imchat.rights.links import LINK_SECONDS
from tests.adapters.answers import WEIGHED
from tests.flow.client import POOL, Api, Visitor, mail_to, run, staff, until
from tests.flow.rights import NAME, NOW, at_step, code_to, download, names_and_texts, person, take_in
from tests.flow.sites import TestSite
from tests.flow.sockets import visiting

pytestmark = pytest.mark.usefixtures("tables")


def test_N12_N13_asked_by_mail_proven_by_code_redacted_approved_by_another_fetched_verified_and_then_erased(
    stack: dict[str, Any], tmp_path: Path
) -> None:
    """The whole way, as a person and two of the staff go it."""
    email, secret = person(), f"secret-{secrets.token_hex(6)}"
    desk, second, operator = (staff(stack, who) for who in ("privacy", "privacy2", "operator"))
    visitor = Visitor(stack, stack["site_id"], stack["web_url"])
    opened = visitor.open(email=email, name="Ann Example", text="Which lamp is in stock?")
    assert opened.status == 201, opened.body
    operator.say(visitor.chat_id, f"The one that {secret} has ordered. It costs 40 pounds.")
    visitor.close()

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ann Example <{email}>", CONTACT, "What do you hold about me?"
    mail["Message-ID"], mail["Date"] = f"<{secrets.token_hex(8)}@example.org>", format_datetime(datetime.now(UTC))
    mail.set_content("Please send me all of it.")
    inbound = f"{PRIVACY_PREFIX}{secrets.token_hex(8)}"
    Api(stack).client("s3").put_object(Bucket=stack["buckets"]["inbound"], Key=inbound, Body=mail.as_bytes())

    def candidate() -> Any:
        listed = desk("GET", "/v1/desk/requests").json["requests"]
        return [one for one in listed if one["email"] == email]

    (asked,) = until(candidate)
    reference = asked["reference"]
    path, public = f"/v1/desk/requests/{reference}", f"/v1/rights-requests/{reference}"
    assert desk("POST", f"{path}/confirm", {"type": "access"}).status == 200
    api = Api(stack, origin=stack["web_url"])
    at_step(desk, path, "identity")
    assert desk("GET", f"{path}/findings?store=chats").status == 409
    assert api("POST", f"{public}/code", {"code": code_to(stack, email)}).status == 200

    found = at_step(desk, path, "review")
    assert {one["store"]: one["found"] for one in found["progress"]["stores"]}["chats"] == 1
    (chat,) = desk("GET", f"{path}/findings?store=chats").json["items"]
    (line,) = [fact for fact in chat["facts"] if secret in fact["value"]]
    start = line["value"].index(secret)
    where = {"item": chat["item"], "fact": line["fact"], "start": start, "end": start + len(secret)}
    assert desk("POST", f"{path}/links").json["type"] == "/problems/no_copy"
    redacted = desk("POST", f"{path}/redactions", where | {"reason": "other_person", "weighed": WEIGHED})
    assert (redacted.status, len(redacted.json["redactions"])) == (201, 1)
    outside = desk("POST", f"{path}/redactions", where | {"reason": "others_rights", "end": 10_000})
    assert (outside.status, outside.json["type"]) == (400, "/problems/no_such_place")
    refused = desk("POST", f"{path}/approve")
    assert (refused.status, refused.json["type"]) == (403, "/problems/second_person_needed")
    assert second("POST", f"{path}/approve").status == 200
    ready = at_step(desk, path, "delivery")
    assert ready["copy"]["size"] > 0

    link = desk("POST", f"{path}/links")
    assert (link.status, link.json["valid_seconds"], link.json["count"]) == (201, 300, 1)
    assert "X-Amz-Expires=300" in link.json["url"]
    assert email.partition("@")[0] not in link.json["url"]
    status, bundle = download(link.json["url"])
    assert (status, len(bundle)) == (200, ready["copy"]["size"])
    assert hashlib.sha256(bundle).hexdigest() == ready["copy"]["sha256"]
    names, texts = names_and_texts(bundle)
    for name in ("README.txt", "index.html", "response.html", "export.json", "retained.json", "manifest.json"):
        assert name in names
    assert f"transcripts/{visitor.chat_id}.html" in names
    assert not any(word in name for name in names for word in (email, "Ann", "Example"))
    assert secret not in texts
    assert "Which lamp is in stock?" in texts
    assert "It costs 40 pounds." in texts
    assert "about another person" in texts
    kept = tmp_path / "bundle.zip"
    kept.write_bytes(bundle)
    checked = subprocess.run([sys.executable, "-m", "imchat.verify", kept], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    key = tmp_path / "key.pem"
    published = api("GET", "/v1/signing-key").json
    key.write_text(published["pem"])
    by_key = subprocess.run(
        [sys.executable, "-m", "imchat.verify", kept, "--key", key], capture_output=True, text=True, check=False
    )
    assert (by_key.returncode, published["fingerprint"] in checked.stdout) == (0, True), by_key.stdout + checked.stdout
    kept.write_bytes(bundle.replace(b"README", b"READYE", 1))
    assert subprocess.run([sys.executable, "-m", "imchat.verify", kept], capture_output=True, check=False).returncode

    (told,) = until(lambda: [one for one in mail_to(stack, email) if "your copy is ready" in one["Subject"]])
    assert reference in told["BodyText"]
    assert api("POST", f"{public}/copy", {"code": "000000"}).status == 400
    assert api("POST", f"{public}/codes").status == 202
    code = code_to(stack, email, before=1)
    fetched = api("POST", f"{public}/copy", {"code": code})
    assert (fetched.status, download(fetched.json["url"])) == (201, (200, bundle))
    assert api("POST", f"{public}/copy", {"code": code}).status == 400  # a code holds once
    assert desk("GET", path).json["fetched_at"]

    assert desk("POST", f"{path}/close", {"because": "a copy was fetched"}).json["state"] == "closed"
    at_step(desk, path, "done")
    assert desk("POST", f"{path}/links").status == 409
    assert download(link.json["url"])[0] == 404

    asked_again = api("POST", "/v1/rights-requests", {"type": "erasure", "email": email}).json["reference"]
    path, public = f"/v1/desk/requests/{asked_again}", f"/v1/rights-requests/{asked_again}"
    assert api("POST", f"{public}/code", {"code": code_to(stack, email, before=2)}).status == 200
    at_step(desk, path, "review")
    assert desk("POST", f"{path}/approve").status == 200
    erased = at_step(desk, path, "done")
    receipt = {one["store"]: one for one in erased["receipt"]}
    assert (receipt["chats"]["changed"], receipt["correspondence"]["changed"]) == (1, 1)
    assert receipt["requests"]["kept"][0]["number"] == 2
    assert visitor.poll().status == 404
    (told,) = until(lambda: [one for one in mail_to(stack, email) if one["Subject"].endswith(": deleted")])
    assert "Chats: 1 deleted" in told["BodyText"]


def test_N13_a_link_is_dead_after_five_minutes(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was made 301 seconds ago, for something that is there."""
    s3 = Api(stack).client("s3")
    place = {"Bucket": stack["buckets"]["exports"], "Key": f"data-{secrets.token_hex(4)}.zip"}
    s3.put_object(**place, Body=b"a copy")
    made = {}
    for age in (200, 301):
        at = datetime.now(UTC) - timedelta(seconds=age)
        monkeypatch.setattr(
            "botocore.auth.get_current_datetime", lambda remove_tzinfo=True, at=at: at.replace(tzinfo=None)
        )
        made[age] = s3.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_SECONDS)
        monkeypatch.undo()
    assert download(made[200]) == (200, b"a copy")
    assert download(made[301])[0] == 403


def test_the_copy_of_another_site_does_not_exist(site: TestSite, stack: dict[str, Any]) -> None:
    path = take_in(site, "access", person())
    for call in (
        ("POST", "/links"),
        ("GET", "/findings"),
        ("POST", "/approve"),
        ("POST", "/retry"),
        ("GET", "/letters/1"),
    ):
        foreign = staff(stack, "privacy")(call[0], path + call[1])
        assert (foreign.status, foreign.json["type"]) == (404, "/problems/request_not_found"), call
        assert site.owner(call[0], path + call[1]).status == 403
    letter = site.privacy("GET", f"{path}/letters/1").json
    assert "Your request is here" in letter["text"]
    assert site.privacy("GET", f"{path}/letters/9").status == 404


def test_a_copy_whose_approval_is_taken_back_cannot_be_fetched_and_is_made_anew(site: TestSite) -> None:
    email = person()
    site.visitor().open(email=email, name=NAME, text="hello there")
    path = take_in(site, "portability", email)
    at_step(site.privacy, path, "review")
    assert site.privacy("POST", f"{path}/approve").status == 200
    at_step(site.privacy, path, "delivery")
    link = site.privacy("POST", f"{path}/links").json["url"]
    assert download(link)[0] == 200
    assert site.privacy("DELETE", f"{path}/approve").status == 200
    at_step(site.privacy, path, "review")
    assert site.privacy("POST", f"{path}/links").status == 409
    until(lambda: download(link)[0] == 404)
    assert site.privacy("POST", f"{path}/approve").status == 200
    at_step(site.privacy, path, "delivery")
    status, bundle = download(site.privacy("POST", f"{path}/links").json["url"])
    assert status == 200
    assert "hello there" in names_and_texts(bundle)[1]


def test_N13_a_document_is_sent_seen_and_deleted_once_it_is_judged(site: TestSite, stack: dict[str, Any]) -> None:
    path = take_in(site, "access", person(), identity=None)
    public = f"/v1/rights-requests/{path.rpartition('/')[2]}/documents"
    api = Api(stack)
    assert api("POST", public, {"content_type": "text/html"}).status == 400
    assert api("POST", "/v1/rights-requests/aaaa-bbbb-cccc/documents", {"content_type": "image/png"}).status == 404
    form = api("POST", public, {"content_type": "image/png"}).json

    def send(content: bytes, **fields: str) -> int:
        sent = {**form["fields"], **fields, "file": ("passport.png", content)}
        return POOL.request("POST", form["url"], fields=sent).status

    assert send(b"x" * (8 * 1024 * 1024 + 1)) in (400, 403)
    assert send(b"<html>", **{"Content-Type": "text/html"}) in (400, 403)
    assert send(b"elsewhere", key="another/place") in (400, 403)
    assert send(b"a picture") in (200, 204)
    run(stack, "Documents", {"key": form["fields"]["key"]})
    assert site.privacy("GET", path).json["documents"] == 1
    link = site.privacy("POST", f"{path}/documents/1/links")
    assert (link.status, download(link.json["url"])) == (201, (200, b"a picture"))
    assert site.privacy("POST", f"{path}/documents/2/links").status == 404
    assert site.owner("POST", f"{path}/documents/1/links").status == 403
    proof = {"decision": "proven", "method": "document", "at": NOW}
    assert site.privacy("POST", f"{path}/identity", proof).status == 200
    assert download(link.json["url"])[0] == 404
    assert site.privacy("GET", path).json["documents"] == 0
    assert api("POST", public, {"content_type": "image/png"}).status == 404
    # The form is valid for minutes yet: what is sent by it is deleted as soon as it is there.
    s3, place = api.client("s3"), {"Bucket": stack["buckets"]["identity"], "Prefix": path.rpartition("/")[2]}
    for _ in range(2):
        assert send(b"a picture, later") in (200, 204)
        until(lambda: s3.list_objects_v2(**place)["KeyCount"] == 0)


def test_N13_a_document_of_who_proves_by_a_code_is_deleted_before_anything_is_searched(
    site: TestSite, stack: dict[str, Any]
) -> None:
    email = person()
    path = take_in(site, "access", email, identity=None)
    reference = path.rpartition("/")[2]
    api, s3 = Api(stack), Api(stack).client("s3")
    form = api("POST", f"/v1/rights-requests/{reference}/documents", {"content_type": "image/png"}).json
    assert POOL.request("POST", form["url"], fields={**form["fields"], "file": ("a.png", b"a picture")}).status < 300
    bucket = stack["buckets"]["identity"]
    assert s3.list_objects_v2(Bucket=bucket, Prefix=reference)["KeyCount"] == 1
    code = code_to(stack, email)
    assert api("POST", f"/v1/rights-requests/{reference}/code", {"code": code}).status == 200
    at_step(site.privacy, path, "review")
    assert s3.list_objects_v2(Bucket=bucket, Prefix=reference)["KeyCount"] == 0


def test_a_restricted_chat_is_no_operators_and_still_its_visitors(site: TestSite) -> None:
    email, words = person(), f"canary {secrets.token_hex(6)}"
    visitor = site.visitor()
    visitor.open(email=email, name="Ann Canary", text=words)
    path = take_in(site, "restriction", email, name="Ann Canary")
    at_step(site.privacy, path, "review")
    assert site.privacy("POST", f"{path}/approve").status == 200
    assert at_step(site.privacy, path, "done")["state"] == "closed"
    chat = f"/v1/operator/chats/{visitor.chat_id}"
    body = {"text": "hello", "client_id": "c1"}
    for method, where, sent in (
        ("GET", chat, None), ("POST", f"{chat}/messages", body), ("POST", f"{chat}/notes", body),
        ("POST", f"{chat}/assign", {}), ("POST", f"{chat}/transfer", {"operator_id": site.colleague_id}),
        ("DELETE", chat, None),
    ):  # fmt: skip
        answer = site.operator(method, where, sent)
        assert answer.status == 409, (method, where, answer.body)
        assert words.encode() not in answer.body
    for status in ("open", "closed"):
        for assigned in ("all", "mine", "unassigned"):
            listed = site.operator("GET", f"/v1/operator/chats?status={status}&assigned={assigned}")
            assert visitor.chat_id.encode() not in listed.body
    visitor.seen.clear()
    assert visitor.poll().status == 200
    assert words in str(visitor.seen)
    assert visitor.delete().status == 200


def test_N18_an_erasure_is_searched_reviewed_done_in_every_store_and_receipted(
    site: TestSite, stack: dict[str, Any]
) -> None:
    email = person()
    name = email.partition("@")[0]  # nobody else's on this site
    visitor = site.visitor()
    visitor.open(email=email, name=name, text="please delete me")
    path = take_in(site, "erasure", email, name=name)
    found = at_step(site.privacy, path, "review")
    chats = next(one for one in found["progress"]["stores"] if one["store"] == "chats")
    assert (chats["found"], chats["candidates"]) == (1, 0)
    assert visitor.poll().status == 200
    with visiting(visitor) as page:
        assert site.privacy("POST", f"{path}/approve").status == 200
        done = at_step(site.privacy, path, "done")
        assert page.ended() == [{"type": "status", "chat_id": visitor.chat_id, "status": "deleted"}]
    assert done["state"] == "closed"
    receipt = {one["store"]: one for one in done["receipt"]}
    assert receipt["chats"]["changed"] == 1
    assert [one["why"] for one in receipt["evidence"]["kept"]] == ["evidence of use"]
    assert visitor.poll().status == 404
    mails = until(lambda: [one for one in mail_to(stack, email) if "deleted" in one["Subject"]])
    assert "Chats: 1 deleted" in mails[0]["BodyText"]
