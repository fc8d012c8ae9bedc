"""What the search of a request has found: the parts that the state machine has exported one by one."""

from collections.abc import Iterator

from imchat import aws
from imchat.settings import settings


def parts(reference: str) -> Iterator[str]:
    """The keys of the request's parts to export."""
    pages = aws.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=settings().parts_bucket, Prefix=f"{reference}/found/"):
        for one in page.get("Contents", ()):
            yield one["Key"]
