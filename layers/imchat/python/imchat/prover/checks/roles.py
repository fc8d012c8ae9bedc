"""Checks of who may do what, and of what runs: exactly what the release says."""

from collections.abc import Iterator
from datetime import datetime

from imchat import aws
from imchat.prover.finding import Check, Finding, found
from imchat.prover.release import release, template_hash
from imchat.prover.stack import Resource, stack


def _roles(_: datetime) -> Finding:
    return found(fault for role in stack().of("AWS::IAM::Role") for fault in _faults(role))


def _faults(role: Resource) -> Iterator[str]:
    iam, name = aws.client("iam"), role.physical_id
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    if not stack().fits(trust, role.properties["AssumeRolePolicyDocument"]):
        yield f"{role.name}: others may take this role"
    wanted = {one["PolicyName"]: one["PolicyDocument"] for one in role.properties.get("Policies", ())}
    actual = set(iam.list_role_policies(RoleName=name)["PolicyNames"])
    yield from (f"{role.name}: has a policy {policy} too many" for policy in actual - wanted.keys())
    yield from (f"{role.name}: lacks its policy {policy}" for policy in wanted.keys() - actual)
    for policy in actual & wanted.keys():
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        if not stack().fits(document, wanted[policy]):
            yield f"{role.name}: its policy {policy} is not the release's"
    attached = [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    if not stack().fits(sorted(attached), role.properties.get("ManagedPolicyArns", [])):
        yield f"{role.name}: managed policies are attached that are not the release's"


def _release(_: datetime) -> Finding:
    return found(_other_than_released())


def _other_than_released() -> Iterator[str]:
    wanted, client = release(), aws.client("lambda")
    if template_hash(stack().template) != wanted.template:
        yield "the stack was deployed with another template"
    layers = set()
    for function in stack().of("AWS::Serverless::Function"):
        told = client.get_function_configuration(FunctionName=function.physical_id)
        layers |= {one["Arn"] for one in told.get("Layers", ())}
        if told["CodeSha256"] != wanted.functions:
            yield f"{function.name} runs other code"
    for layer in layers:
        *_, name, version = layer.split(":")
        told = client.get_layer_version(LayerName=name, VersionNumber=int(version))
        if told["Content"]["CodeSha256"] != wanted.layer:
            yield "a layer is not the release's"


CHECKS = (
    Check(
        "permissions",
        "Each part of the system may do exactly what its release says, and nobody else may act for it.",
        (9, 13, 15, 16),
        _roles,
    ),
    Check(
        "release",
        "What runs is what was released and tested.",
        (2, 12, 14, 15, 16, 18, 21, 22),
        _release,
    ),
)
