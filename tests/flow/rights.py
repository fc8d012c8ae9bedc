"""Rights requests as somebody sends them in and as staff follow them."""

import io
import secrets
import zipfile
from typing import Any

from operations.prove.inbox import codes_in
from tests.flow.client import POOL, Member, mail_to, until
from tests.flow.sites import TestSite

NOW = "2026-11-01T10:00:00+00:00"


def person() -> str:
    return f"ann.{secrets.token_hex(6)}@example.org"


# Who asks by letter. A document proves a name, so their chats are opened under it.
NAME = "Ann Example"


def take_in(site: TestSite, kind: str, email: str, **more: Any) -> str:
    """A request by letter of somebody whose identity ``privacy2`` has proven, so that ``privacy`` may approve it; its
    path."""
    made = site.privacy2(
        "POST",
        "/v1/desk/requests",
        {"type": kind, "channel": "letter", "received_at": NOW, "email": email, "name": NAME}
        | {"identity": {"decision": "proven", "method": "document", "at": NOW}}
        | more,
    )
    assert made.status == 201, made.body
    return f"/v1/desk/requests/{made.json['reference']}"


def at_step(member: Member, path: str, step: str) -> Any:
    """The request, once its flow has come to ``step``."""

    def there() -> Any:
        found = member("GET", path)
        assert found.status == 200, found.body
        assert found.json["progress"]["failed"] is None or step == "attention", found.json["progress"]
        return found.json if found.json["progress"]["step"] == step else None

    return until(there)


def code_to(stack: dict[str, Any], email: str, before: int = 0) -> str:
    """The code in the newest mail to an address, once there are more than ``before`` with one."""

    def codes() -> list[str]:
        found = [codes_in(mail["BodyText"]) for mail in mail_to(stack, email)]
        return [code for in_mail in found for code in in_mail][before:]

    return until(codes)[-1]


def download(url: str) -> tuple[int, bytes]:
    answer = POOL.request("GET", url)
    return answer.status, answer.data


def names_and_texts(bundle: bytes) -> tuple[list[str], str]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        return names, "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)
