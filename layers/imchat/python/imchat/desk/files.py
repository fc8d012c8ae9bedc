"""Files that came with emails: given out by links that hold for minutes. Every link is recorded."""

from datetime import datetime

from imchat import aws, file_kinds
from imchat.desk.lookups import usable
from imchat.errors import NotFound
from imchat.settings import settings
from imchat.stores import evidence
from imchat.stores.base import put, transact
from imchat.stores.correspondence import Correspondence, attachment_key

LINK_SECONDS = 300


def file_link(correspondence_id: str, number: int, site_id: str, staff: str, now: datetime) -> tuple[str, int]:
    """(link, seconds that it holds) to the ``number``-th file of an email of the site. Browsers save it and never run
    it. Raises NotFound, Conflict where nobody may see the email."""
    item = Correspondence.load(correspondence_id, now=now)
    if item is None or item.site_id != site_id or not 1 <= number <= len(item.attachments):
        raise NotFound("file")
    usable(item, now)
    transact(put(evidence.entry(item, "file_link", staff, now, note=f"file {number}")))
    file = item.attachments[number - 1]
    extension = file_kinds.extension(file.filename, file.content_type)
    url: str = aws.client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().correspondence_bucket,
            "Key": attachment_key(correspondence_id, number),
            "ResponseContentDisposition": f'attachment; filename="file-{number}{extension}"',
            "ResponseContentType": file_kinds.media_type(file.filename, file.content_type),
        },
        ExpiresIn=LINK_SECONDS,
    )
    return url, LINK_SECONDS
