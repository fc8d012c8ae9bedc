"""The one door to AWS."""

import pytest

from imchat import aws


@pytest.mark.parametrize("region", ["eu-west-1", "eu-west-2", "us-east-1"])
def test_links_are_signed_as_a_bucket_with_our_key_demands(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In older regions botocore signs links in a way that S3 refuses for what is encrypted with a key of KMS."""
    for name, value in (("DEFAULT_REGION", region), ("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(aws, "_dynamodb", None)
    monkeypatch.setattr(aws, "_session", None)  # nobody else's clients are made with these keys
    monkeypatch.setattr(aws, "_clients", {})
    s3 = aws.client("s3")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "copies", "Key": "one"})
    form = s3.generate_presigned_post("documents", "one")
    assert "X-Amz-Signature=" in link
    assert "x-amz-signature" in form["fields"]
    if region != "us-east-1":  # whose buckets are known everywhere
        assert link.startswith(f"https://copies.s3.{region}.amazonaws.com/")
        assert form["url"] == f"https://documents.s3.{region}.amazonaws.com/"
