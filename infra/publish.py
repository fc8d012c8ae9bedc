"""The built pages into their bucket: what is named by its content first, then what refers to it; what is of no use any
more is removed last."""

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from infra import edge
from infra.web import is_shop

# A page that is open asks for its parts when they are needed, days after: they outlive the build that made them.
GRACE = timedelta(days=7)
_SUPERSEDED = "superseded"


def publish(s3: Any, bucket: str, folder: Path, today: date) -> list[str]:
    """Bring ``bucket`` to what ``folder`` holds, but for the demo shop; the paths that answer otherwise than before,
    for whoever keeps copies. A file named by its content stays for GRACE after the first publishing without it."""
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    names = [name for name in names if not is_shop(name)]
    fixed = [name for name in names if not edge.is_hashed(name)]
    for name in [*(name for name in names if edge.is_hashed(name)), *fixed]:
        s3.put_object(
            Bucket=bucket,
            Key=name,
            Body=(folder / name).read_bytes(),
            ContentType=edge.content_type(name),
            CacheControl=edge.cache_control(name),
            Tagging="state=current",
        )
    left = sorted(set(_listed(s3, bucket)) - set(names))
    for name in left:
        if not edge.is_hashed(name) or not _in_grace(s3, bucket, name, today):
            s3.delete_object(Bucket=bucket, Key=name)
    return [f"/{name}" for name in [*fixed, *left] if not edge.is_hashed(name)]


def forget_copies(cloudfront: Any, distribution: str, paths: list[str]) -> None:
    """Make CloudFront ask for ``paths`` anew."""
    batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": str(uuid.uuid4())}
    cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)


def empty(s3: Any, bucket: str) -> None:
    """Remove everything: CloudFormation deletes a bucket only when it is empty."""
    for name in _listed(s3, bucket):
        s3.delete_object(Bucket=bucket, Key=name)


def _listed(s3: Any, bucket: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def _in_grace(s3: Any, bucket: str, name: str, today: date) -> bool:
    """Whether a file that no build has any more may stay; from the first time, its tag says since when, until a build
    has it again."""
    place = {"Bucket": bucket, "Key": name}
    tags = {one["Key"]: one["Value"] for one in s3.get_object_tagging(**place)["TagSet"]}
    if _SUPERSEDED not in tags:
        s3.put_object_tagging(**place, Tagging={"TagSet": [{"Key": _SUPERSEDED, "Value": today.isoformat()}]})
        return True
    return date.fromisoformat(tags[_SUPERSEDED]) + GRACE > today
