"""Whether anybody reads what people write to us: mail and rights requests are kept under one website, and only its
staff of the group ``privacy`` see them."""

from collections.abc import Mapping

import boto3

from imchat.stores import accounts


def unread(made: Mapping[str, str]) -> str | None:
    """Why nobody reads it, without a full stop; None where somebody does. ``made``: the stack's outputs."""
    site_id = made["MailSite"]
    key = {"pk": {"S": accounts.partition(site_id)}, "sk": {"S": accounts.SITE}}
    if "Item" not in boto3.client("dynamodb").get_item(TableName=made["AccountsTable"], Key=key):
        return f"there is no website {site_id}, and mail and rights requests go to its desk"
    pages = (
        boto3.client("cognito-idp")
        .get_paginator("list_users_in_group")
        .paginate(UserPoolId=made["UserPool"], GroupName="privacy")
    )
    for page in pages:
        for user in page["Users"]:
            if user["Enabled"] and {"Name": "custom:site_id", "Value": site_id} in user["Attributes"]:
                return None
    return f"nobody of {site_id} is of the group privacy, and mail and rights requests go to its desk"
