"""The pages into their bucket: order, types, how long they are kept, and what becomes of what is no more."""

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra import publish as module
from infra.publish import GRACE, empty, forget_copies, publish

TODAY = date(2026, 11, 24)
BUILT = {
    "ask.html": "see assets/ask-aaaaaaaa.js", "console/index.html": "the console", "assets/ask-aaaaaaaa.js": "code",
    "assets/page-aaaaaaaa.css": "style", "widget.js": "see widget/main-aaaaaaaa.js", "widget/main-aaaaaaaa.js": "more",
    "index.html": "the demo shop",
}  # fmt: skip


class Recording:
    """An S3 client that notes what it put and deleted."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self.calls: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call: Callable[..., Any] = getattr(self._s3, name)

        def noted(*arguments: Any, **named: Any) -> Any:
            if name in ("put_object", "delete_object"):
                self.calls.append((name.partition("_")[0], named["Key"]))
            return call(*arguments, **named)

        return noted


@pytest.fixture
def s3(tables: dict[str, Any]) -> Recording:
    return Recording(boto3.client("s3"))


@pytest.fixture
def bucket(s3: Recording, tables: dict[str, Any]) -> str:
    name = f"pages-{secrets.token_hex(4)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": tables["region"]})
    return name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path / "one", BUILT)


def made(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def there(s3: Recording, bucket: str) -> set[str]:
    return set(module._listed(s3, bucket))


def test_what_is_referred_to_is_there_before_what_refers_to_it(s3: Recording, bucket: str, folder: Path) -> None:
    changed = publish(s3, bucket, folder, TODAY)
    assert s3.calls == [
        ("put", "assets/ask-aaaaaaaa.js"), ("put", "assets/page-aaaaaaaa.css"), ("put", "widget/main-aaaaaaaa.js"),
        ("put", "ask.html"), ("put", "console/index.html"), ("put", "widget.js"),
    ]  # fmt: skip
    assert changed == ["/ask.html", "/console/index.html", "/widget.js"]
    assert "index.html" not in there(s3, bucket), "the demo shop is for this machine"


def test_each_file_has_its_type_and_how_long_it_may_be_kept(s3: Recording, bucket: str, folder: Path) -> None:
    publish(s3, bucket, folder, TODAY)
    said = {}
    for name in ("ask.html", "assets/ask-aaaaaaaa.js", "assets/page-aaaaaaaa.css", "widget.js"):
        found = s3.get_object(Bucket=bucket, Key=name)
        said[name] = found["ContentType"], found["CacheControl"]
        assert found["Body"].read().decode() == BUILT[name]
    for_ever = "public, max-age=31536000, immutable"
    assert said == {
        "ask.html": ("text/html; charset=utf-8", "no-store"),
        "assets/ask-aaaaaaaa.js": ("text/javascript; charset=utf-8", for_ever),
        "assets/page-aaaaaaaa.css": ("text/css; charset=utf-8", for_ever),
        "widget.js": ("text/javascript; charset=utf-8", "public, max-age=300, stale-while-revalidate=86400"),
    }


def test_a_page_goes_at_once_and_its_parts_when_nobody_can_have_it_open(
    s3: Recording, bucket: str, folder: Path, tmp_path: Path
) -> None:
    publish(s3, bucket, folder, TODAY)
    after = made(tmp_path / "two", {"widget.js": "see widget/main-bbbbbbbb.js", "widget/main-bbbbbbbb.js": "new"})
    s3.calls.clear()
    changed = publish(s3, bucket, after, TODAY)
    assert s3.calls == [
        ("put", "widget/main-bbbbbbbb.js"), ("put", "widget.js"), ("delete", "ask.html"),
        ("delete", "console/index.html"),
    ]  # fmt: skip
    assert changed == ["/widget.js", "/ask.html", "/console/index.html"]
    old = {name for name in BUILT if "aaaaaaaa" in name}
    publish(s3, bucket, after, TODAY + GRACE - timedelta(days=1))
    assert old < there(s3, bucket)
    publish(s3, bucket, after, TODAY + GRACE)
    assert there(s3, bucket) == {"widget.js", "widget/main-bbbbbbbb.js"}


def test_a_part_that_a_build_has_again_has_its_time_anew(
    s3: Recording, bucket: str, folder: Path, tmp_path: Path
) -> None:
    publish(s3, bucket, folder, TODAY)
    without = made(tmp_path / "two", {"ask.html": "plain"})
    publish(s3, bucket, without, TODAY)
    publish(s3, bucket, folder, TODAY + GRACE)
    publish(s3, bucket, without, TODAY + 2 * GRACE)
    assert "assets/ask-aaaaaaaa.js" in there(s3, bucket)


def test_a_bucket_can_be_emptied(s3: Recording, bucket: str, folder: Path) -> None:
    publish(s3, bucket, folder, TODAY)
    empty(s3, bucket)
    assert there(s3, bucket) == set()


def test_copies_of_what_changed_are_forgotten(tables: dict[str, Any]) -> None:
    cloudfront = boto3.client("cloudfront")
    (distribution,) = [one["Id"] for one in cloudfront.list_distributions()["DistributionList"]["Items"]]
    forget_copies(cloudfront, distribution, ["/ask.html", "/widget.js"])
    (made,) = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"]["Items"]
    found = cloudfront.get_invalidation(DistributionId=distribution, Id=made["Id"])["Invalidation"]
    assert found["InvalidationBatch"]["Paths"]["Items"] == ["/ask.html", "/widget.js"]
