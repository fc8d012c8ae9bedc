"""The buckets. Those that hold personal data: encrypted with our key, without versions (what is deleted is gone), and
emptied by S3 itself of what our own code never hears of."""

from typing import Any

from imchat.stores.correspondence import ACTIVITY as CORRESPONDENCE
from imchat.stores.requests import COPY, DOCUMENT

# Mail as it came, which is read in seconds: what could not be read goes too, after as long as its dead letter waits.
RAW_MAIL_DAYS = 7
# Bucket: the days after which S3 deletes. Our code deletes at the time, to the second; S3 at the end of the day: mail
# no sooner than promised, documents of identity no later.
DAYS = {
    "Inbound": RAW_MAIL_DAYS,
    "Correspondence": CORRESPONDENCE.lasting.most_days + 1,
    "Exports": COPY.most_days,
    "Parts": COPY.most_days,
    "Identity": DOCUMENT.most_days - 1,
}
# The pages: of nobody. CloudFront reads them, and could not with our key without being named in its policy.
PAGES = "Web"
# The proof of the notice (imchat.prover): CloudFront serves public/, and nothing else of it.
PROOF, PROOF_PUBLIC = "Proof", "public"
_CLOSED = {
    "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    },
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
}


_OUTLIVES = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def template() -> dict[str, Any]:
    """The part of the template with all buckets and their policies."""
    plain = {"SSEAlgorithm": "AES256"}
    resources: dict[str, Any] = {_id(PAGES): _bucket(plain, {}), _id(PROOF): _bucket(plain, {}) | _OUTLIVES}
    for name, days in DAYS.items():
        key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["DataKey", "Arn"]}}
        resources[_id(name)] = _bucket(key, {"LifecycleConfiguration": {"Rules": [_expiry(days)]}}) | _OUTLIVES
    # People send a proof of identity from our page straight into its bucket, by a form that we signed.
    resources[_id("Identity")]["Properties"]["CorsConfiguration"] = {
        "CorsRules": [
            {"AllowedOrigins": [{"Ref": "WebUrl"}], "AllowedMethods": ["POST"], "AllowedHeaders": ["*"], "MaxAge": 3000}
        ]
    }
    resources |= {f"{_id(name)}Policy": _policy(name) for name in (*DAYS, PAGES, PROOF)}
    return {
        "Resources": resources,
        "Outputs": {_id(name): {"Value": {"Ref": _id(name)}} for name in (*DAYS, PAGES, PROOF)},
    }


def _id(name: str) -> str:
    return f"{name}Bucket"


def _bucket(encryption: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"ServerSideEncryptionByDefault": encryption}
    if "KMSMasterKeyID" in encryption:
        rule["BucketKeyEnabled"] = True  # one call of KMS for many objects
    return {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}} | _CLOSED | more,
    }


def _expiry(days: int) -> dict[str, Any]:
    return {
        "Id": "expiry",
        "Status": "Enabled",
        "ExpirationInDays": days,
        # No bucket has versions; should somebody switch them on, none outlives what it is of.
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }


def _policy(name: str) -> dict[str, Any]:
    arn = {"Fn::GetAtt": [_id(name), "Arn"]}
    objects = {"Fn::Sub": f"${{{_id(name)}.Arn}}/*"}
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, objects],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    if name == "Inbound":
        statements.append(
            {
                "Effect": "Allow",
                "Principal": {"Service": "ses.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": objects,
                "Condition": {"StringEquals": {"AWS:SourceAccount": {"Ref": "AWS::AccountId"}}},
            }
        )
    if name == PAGES:
        # Who may list is told that there is no such file, who may not, that it is forbidden. No viewer can list: the
        # front page is answered by the edge, and no query reaches the bucket.
        statements.append(_to_cloudfront(["s3:GetObject", "s3:ListBucket"], [arn, objects]))
    if name == PROOF:
        public = {"Fn::Sub": f"${{{_id(name)}.Arn}}/{PROOF_PUBLIC}/*"}
        statements.append(_to_cloudfront(["s3:GetObject"], [public]))
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": _id(name)},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }


def _to_cloudfront(actions: list[str], places: list[Any]) -> dict[str, Any]:
    """What our own distribution may do, and no other."""
    ours = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": actions,
        "Resource": places,
        "Condition": {"StringEquals": {"aws:SourceArn": {"Fn::Sub": ours}}},
    }
