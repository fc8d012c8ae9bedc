"""The real template onto the emulator, and what the emulator needs beside it. Each departure is named and printed."""

import json
from pathlib import Path
from typing import Any

import boto3

from imchat import clock
from infra import buckets, release, stacks, tables
from infra.local.emulator import CREDENTIALS, REGION

STACK = "imchat-dev"
MAIL_FROM = "chat@imchat.example"
MAIL_SITE = "demo"
_BUCKET = "imchat-packages"
# Resource types that the emulator does not know, and what is missing without them.
LEFT_OUT = {
    "AWS::SES::ReceiptRuleSet": "mail to us is put into the inbound bucket by hand",
    "AWS::SES::ReceiptRule": "as its rule set",
    "AWS::WAFv2::WebACLAssociation": "no firewall counts calls, nor on a dev stage anywhere",
    "AWS::ApiGatewayV2::RouteResponse": "what a frame is answered goes back on its connection without one",
}


def clients(url: str) -> Any:
    """A maker of boto3 clients for the emulator at ``url``, as its root user."""
    session = boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    return lambda service: session.client(service, endpoint_url=url)


def deploy(url: str, template: Path, web_url: str, pages: Path) -> dict[str, str]:
    """Deploy ``template``, with ``pages`` at ``web_url``; the stack's outputs. Raises DeployFailed."""
    client = clients(url)
    s3 = client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    whole = stacks.upload(s3, template, _BUCKET)
    adapt(whole)
    _find_sockets(whole, url)
    s3.put_object(Bucket=_BUCKET, Key="template.json", Body=json.dumps(whole).encode())
    made = stacks.create(
        client("cloudformation"),
        STACK,
        f"{url}/{_BUCKET}/template.json",
        {"Stage": "dev", "WebUrl": web_url, "MailFrom": MAIL_FROM, "MailSite": MAIL_SITE},
    )
    _mend_tables(client("dynamodb"), made, whole["Resources"])
    _mend_buckets(s3, made, whole["Resources"])
    _mend_gateway(client("apigateway"), made["RestAPIId"], whole["Resources"]["RestAPI"]["Properties"])
    release.record(s3, made, whole, template=template, pages=pages, now=clock.now())
    return made


def _mend_tables(dynamodb: Any, made: dict[str, str], resources: dict[str, Any]) -> None:
    """Set again what the emulator does not take from the template: expiry, recovery to a point in time, encryption."""
    for name in tables.names():
        properties, table = resources[tables.logical_id(name)]["Properties"], made[tables.logical_id(name)]
        if expiry := properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
        if recovery := properties.get("PointInTimeRecoverySpecification"):
            dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
        encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": made["DataKey"]}
        dynamodb.update_table(TableName=table, SSESpecification=encrypted)


def _mend_buckets(s3: Any, made: dict[str, str], resources: dict[str, Any]) -> None:
    """The same of buckets: encryption, and the days after which S3 deletes."""
    for name in (*buckets.DAYS, buckets.PAGES, buckets.PROOF):
        properties, bucket = resources[f"{name}Bucket"]["Properties"], made[f"{name}Bucket"]
        (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        default = dict(rule["ServerSideEncryptionByDefault"])
        if "KMSMasterKeyID" in default:
            default["KMSMasterKeyID"] = made["DataKey"]
        s3.put_bucket_encryption(
            Bucket=bucket,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        )
        rules = [
            {"ID": one["Id"], "Status": one["Status"], "Filter": {}, "Expiration": {"Days": one["ExpirationInDays"]}}
            for one in properties.get("LifecycleConfiguration", {"Rules": ()})["Rules"]
        ]
        if rules:
            s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _mend_gateway(gateway: Any, api_id: str, api: dict[str, Any]) -> None:
    """Set again, call by call, what the emulator does not take from the API's definition: the answers to preflights and
    the form of the gateway's own refusals."""
    definition = api["DefinitionBody"]
    for resource in gateway.get_resources(restApiId=api_id, limit=500)["items"]:
        preflight = definition["paths"].get(resource["path"], {}).get("options")
        if not preflight:
            continue
        answer = preflight["x-amazon-apigateway-integration"]["responses"]["default"]
        place = {"restApiId": api_id, "resourceId": resource["id"], "httpMethod": "OPTIONS", "statusCode": "200"}
        gateway.put_method_response(**place, responseParameters=dict.fromkeys(answer["responseParameters"], True))
        gateway.put_integration_response(**place, responseParameters=answer["responseParameters"])
    for kind, response in definition["x-amazon-apigateway-gateway-responses"].items():
        status = {"statusCode": response["statusCode"]} if "statusCode" in response else {}
        gateway.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            responseParameters=response["responseParameters"],
            responseTemplates=response["responseTemplates"],
            **status,
        )
    gateway.create_deployment(restApiId=api_id, stageName=api["StageName"])


def _find_sockets(template: dict[str, Any], url: str) -> None:
    """The WebSocket API is at the emulator's own address."""
    address = {"Fn::Sub": f"{url}/_aws/execute-api/${{WebsocketAPI}}/socket"}
    template["Globals"]["Function"]["Environment"]["Variables"]["SOCKET_ENDPOINT"] = address
    template["Outputs"]["SocketEndpoint"]["Value"] = address


def adapt(template: dict[str, Any]) -> None:
    """Take out of the template what the emulator cannot do (LEFT_OUT), and change what departures() names."""
    for name, resource in list(template["Resources"].items()):
        if resource["Type"] in LEFT_OUT:
            del template["Resources"][name]
        elif resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    if "ses:SendEmail" in statement["Action"]:
                        statement["Resource"] = "*"
                        del statement["Condition"]
                    elif {"events:DescribeRule", "cloudwatch:DescribeAlarms"} & set(statement["Action"]):
                        statement["Resource"] = "*"
                    elif "lambda:GetLayerVersion" in statement["Action"]:
                        statement |= {"Action": ["lambda:GetLayerVersion", "lambda:ListLayers"], "Resource": "*"}
        elif resource["Type"] == "AWS::S3::BucketPolicy":
            document = resource["Properties"]["PolicyDocument"]
            allowed = [one for one in document["Statement"] if one["Effect"] == "Allow"]
            if allowed:
                document["Statement"] = allowed
            else:
                del template["Resources"][name]
    template["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_TRACE_DISABLED"] = "true"


def departures() -> list[str]:
    """What differs from AWS here, in sentences."""
    return [
        *(f"left out: {kind} ({why})" for kind, why in LEFT_OUT.items()),
        "native TTL is switched on after deploying (CloudFormation does not here), and reaps every 60 seconds",
        "recovery to a point in time is switched on after deploying (how far it reaches back, it does not tell)",
        "encryption of tables and buckets is set after deploying",
        "the days after which S3 deletes files are set after deploying",
        "preflights and the gateway's own refusals are set call by call (they are not taken from the template here)",
        "the mailer may send from any address (the emulator does not tell its IAM which one a mail names)",
        "the prover may look at any rule, layer and alarm (the emulator asks for rights of other names)",
        "the distribution (CloudFront) is made, but what it would do is done by a server of this program",
        "buckets do not insist on TLS (the emulator speaks plain HTTP)",
        "nothing is reserved for the sweeper",
        "no gateway throttles",
        "the key is made, but nothing is encrypted with it",
        "a state machine tries again fifty times sooner",
        "connections are pushed to at the emulator's own address",
        "tracing is off (nothing takes the segments)",
        "mail is not sent: it is kept for the mailbox page",
    ]
