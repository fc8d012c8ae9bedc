"""Links to the copy: made one by one, minutes long, only while an approved copy waits for the person; each is recorded
(N13)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from imchat import aws
from imchat.bundle.naming import file_name
from imchat.clock import milliseconds
from imchat.errors import Conflict, NotFound
from imchat.rights.asking import SPENT, shown_code
from imchat.rights.letters import answers_elsewhere
from imchat.rights.requests import LEADING_ON_BYTES, load, move
from imchat.settings import settings
from imchat.stores.requests import IN_PROGRESS, Link, Request

LINK_SECONDS = 300
REQUESTER = "requester"


def make(reference: str, site_id: str, staff: str, now: datetime) -> tuple[Request, str]:
    """(the request, a link to its copy) for one of the staff. Raises NotFound, Conflict."""
    request = load(reference, site_id, now)
    if not fetchable(request, now):
        raise Conflict("no_copy", "There is no copy to fetch: it is not approved yet, or the request has ended.")
    return _linked(request, staff, "link made", now)


def fetch(reference: str, code: str, now: datetime) -> tuple[Request, str]:
    """(the request, a link to its copy) for the person, who has shown the code that was mailed for it. Raises
    InvalidInput for a wrong code, NotFound where there is nothing to fetch."""
    request = shown_code(reference, code, IN_PROGRESS, now)
    if not fetchable(request, now) or answers_elsewhere(request):
        raise NotFound("copy")
    return _linked(request, REQUESTER, "copy fetched", now, SPENT)


def fetchable(request: Request, now: datetime) -> bool:
    """Whether a copy waits for the person."""
    return bool(
        request.status == IN_PROGRESS
        and request.approved_at
        and request.copy
        and request.copy.until > milliseconds(now)
    )


def _linked(
    request: Request, by: str, what: str, now: datetime, more: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Request, str]:
    made = Link(at=milliseconds(now), by=by)  # type: ignore[no-untyped-call]
    request = move(request, {"links": [*request.links, made], **more}, what, by, now, most=LEADING_ON_BYTES)
    name = file_name(request.pk)
    url: str = aws.client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().exports_bucket,
            "Key": name,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
            "ResponseContentType": "application/zip",
        },
        ExpiresIn=LINK_SECONDS,
    )
    return request, url
