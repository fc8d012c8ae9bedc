"""Tokens, tickets, codes and links that somebody made up or changed. What a deployed route answers to forged visitors'
tokens: tests/flow/test_bad_input.py."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat import aws, clock, tokens
from imchat.errors import InvalidInput, Unauthorised
from imchat.rights.links import LINK_SECONDS
from imchat.settings import settings
from tests.adapters.worlds import NOON, ORIGIN
from tests.attacks.callers import signed_by_pool, user_pool_key
from tests.flow.client import POOL, Api
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")
CHAT = "a" * 26
INBOX = "/v1/operator/chats"


@pytest.fixture(scope="module")
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(stack)


def ours(**more: Any) -> str:
    """A token of ours, or with other claims one that only we could make."""
    token = tokens.issue(CHAT, "site", ORIGIN, now=NOON, expires_at=int(NOON.timestamp()) + 3600)
    if not more:
        return token
    claims = jwt.decode(token, options={"verify_signature": False}) | more
    return signed(jwt.get_unverified_header(token), claims, tokens.signing_key())


def spelled(part: Any) -> str:
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any], key: str, digest: str = "sha256") -> str:
    """Whatever a library would refuse to sign."""
    said = f"{spelled(header)}.{spelled(claims)}"
    return f"{said}.{spelled(hmac.new(key.encode(), said.encode(), digest).digest())}"


def unspelled(token: str) -> list[bytes]:
    return [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]


@given(data=st.data())
def test_a_token_with_one_character_changed_is_none(data: st.DataObject) -> None:
    token = ours()
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \x00é"))
    changed = token[:place] + other + token[place + 1 :]
    try:
        claims = tokens.verify(changed, NOON)
    except Unauthorised:
        return
    assert unspelled(changed) == unspelled(token)  # the last character of a part has bits that stand for nothing
    assert claims == tokens.verify(token, NOON)


@given(length=st.integers(0, 1000), text=st.text(max_size=60))
def test_a_part_of_a_token_or_any_text_is_none(length: int, text: str) -> None:
    token = ours()
    for forged in (token[: length % len(token)], token + text + ".", f"{token}.{text}", text):
        with pytest.raises(Unauthorised) as refused:
            tokens.verify(forged, NOON)
        assert refused.value.kind == "token_invalid"


def test_the_algorithm_is_ours_to_choose() -> None:
    """alg none; HS256 under another hash's name; a public key used as a secret."""
    header, payload, _ = ours().split(".")
    kid = jwt.get_unverified_header(ours())["kid"]
    public = aws.client("kms").get_public_key(KeyId=settings().signing_key)["PublicKey"]
    forged = [f"{spelled({'alg': alg, 'kid': kid})}.{payload}." for alg in ("none", "None", "NONE", "")]
    claims = jwt.decode(ours(), options={"verify_signature": False})
    for alg, digest in (("HS384", "sha384"), ("HS512", "sha512"), ("RS256", "sha256"), ("ES256", "sha256")):
        forged.append(signed({"alg": alg, "kid": kid}, claims, tokens.signing_key(), digest))
    forged.append(f"{header}.{payload}.{spelled(hmac.new(public, f'{header}.{payload}'.encode(), 'sha256').digest())}")
    for one in forged:
        with pytest.raises(Unauthorised):
            tokens.verify(one, NOON)


@pytest.mark.parametrize(
    "kid", ["../1", "/dev/null", "current", "", "1\x00", "1 OR 1=1", "1" * 5000, 1, None, ["1"], {"a": 1}], ids=repr
)
def test_a_key_id_names_one_of_our_keys_or_nothing(kid: Any) -> None:
    claims = jwt.decode(ours(), options={"verify_signature": False})
    for key in ("", "current", "1"):
        with pytest.raises(Unauthorised) as refused:
            tokens.verify(signed({"alg": "HS256", "kid": kid}, claims, key), NOON)
        assert refused.value.kind == "token_invalid"


@pytest.mark.parametrize(
    "more",
    [{"iss": "imchat/socket"}, {"iss": "somebody"}, {"iss": None}, {"sub": None}, {"aud": None}, {"exp": None},
     {"exp": 0}, {"exp": -1}, {"nbf": 2**40}],
    ids=str,
)  # fmt: skip
def test_what_a_token_must_say_it_must_say_rightly(more: dict[str, Any]) -> None:
    """Even under our own key: tickets are no tokens, and there is none without an end."""
    with pytest.raises(Unauthorised):
        tokens.verify(ours(**more), NOON)


def test_a_key_that_was_taken_out_signs_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    token = ours()
    kid = jwt.get_unverified_header(token)["kid"]
    monkeypatch.setattr(
        aws, "secret", lambda *_, **__: json.dumps({"current": "new", "new": "k" * 32, f"not-{kid}": "x"})
    )
    with pytest.raises(Unauthorised):
        tokens.verify(token, NOON)


def test_a_sites_statement_about_a_customer_holds_for_that_site_alone() -> None:
    nonce = "the website's own"
    secret = tokens.identity_secret("site", nonce)
    said = {"aud": "site", "sub": "1", "exp": int((NOON + timedelta(hours=1)).timestamp()), "name": "Ada"}
    assert tokens.verify_identity(jwt.encode(said, secret, "HS256"), "site", nonce, NOON).name == "Ada"
    forged = [
        signed({"alg": "HS512"}, said, secret, "sha512"), jwt.encode(said, None, "none"), jwt.encode(said | {"aud": "other"}, secret),
        jwt.encode(said | {"exp": int((NOON + timedelta(days=2)).timestamp())}, secret), jwt.encode(said, tokens.identity_secret("other", nonce)),
        jwt.encode(said | {"name": ["Ada"]}, secret), "x" * 30_000,
    ]  # fmt: skip
    for one in forged:
        with pytest.raises(InvalidInput):
            tokens.verify_identity(one, "site", nonce, NOON)


def test_a_staff_token_is_the_user_pools_own_and_says_who_it_is_for(site: TestSite, stack: dict[str, Any]) -> None:
    token = str(site.operator.api.token)
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    now = int(clock.now().timestamp())
    _, payload, signature = token.split(".")
    someone_elses = claims | {"custom:site_id": "another", "cognito:groups": ["owner", "privacy"]}
    forged = [
        f"{spelled({'alg': 'none', 'kid': kid})}.{payload}.",
        f"{spelled({'alg': 'RS256', 'kid': kid})}.{spelled(someone_elses)}.{signature}",
        jwt.encode(claims, "x" * 32, "HS256", headers={"kid": kid}),
        jwt.encode(claims, user_pool_key(stack, "access"), "RS256", headers={"kid": kid}),
        jwt.encode(claims, user_pool_key(stack), "RS256", headers={"kid": "another"}),
        signed_by_pool(stack, token, iss=claims["iss"] + "x"),
        signed_by_pool(stack, token, iss="https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_Another"),
        signed_by_pool(stack, token, exp=now - 1),
        signed_by_pool(stack, token, nbf=now + 3600),
        token[:-5], "x", "a.b.c",
    ]  # fmt: skip
    for one in forged:
        assert Api(stack, one)("GET", INBOX).status == 401, one
    assert Api(stack, signed_by_pool(stack, token))("GET", INBOX).status == 200


def test_an_access_token_and_a_token_for_another_site_open_nothing(site: TestSite, stack: dict[str, Any]) -> None:
    """What the pool signed is still not believed beyond our own records: whose site it says is nobody's there."""
    signed_in = Api(stack).client("cognito-idp").initiate_auth(
        ClientId=stack["user_pool_client_id"], AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": site.operator.username, "PASSWORD": site.operator.password},
    )["AuthenticationResult"]  # fmt: skip
    answer = Api(stack, signed_in["AccessToken"])("GET", INBOX)
    assert answer.status in (401, 403)
    elsewhere = signed_by_pool(stack, signed_in["IdToken"], **{"custom:site_id": stack["site_id"]})
    refused = Api(stack, elsewhere)("GET", INBOX)
    assert (refused.status, refused.json["type"]) == (403, "/problems/account_disabled")
    raised = signed_by_pool(stack, signed_in["IdToken"], **{"cognito:groups": ["owner", "privacy"]})
    for path in ("/v1/account/sites", "/v1/desk/requests", "/v1/desk/register"):
        refused = Api(stack, raised)("GET", path)
        assert (refused.status, refused.json["type"]) == (403, "/problems/account_disabled"), path


def test_a_link_to_a_copy_is_for_that_copy_and_that_long(stack: dict[str, Any]) -> None:
    s3, bucket = aws.client("s3"), stack["buckets"]["exports"]
    for name in ("data-aaaa.zip", "data-bbbb.zip"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"a copy")
    try:
        url = s3.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": "data-aaaa.zip"}, ExpiresIn=LINK_SECONDS
        )
        assert POOL.request("GET", url).status == 200
        parts = urlsplit(url)
        asked = {name: value[0] for name, value in parse_qs(parts.query).items()}
        longer = {
            name: value for name, value in (("X-Amz-Expires", "604800"), ("Expires", "4102444800")) if name in asked
        }
        signed = next(name for name in asked if name.endswith("Signature"))
        forged = [
            url.replace("data-aaaa", "data-bbbb"),
            parts._replace(query=urlencode(asked | longer)).geturl(),
            parts._replace(query=urlencode(asked | {signed: asked[signed][:-2] + "xx"})).geturl(),
            parts._replace(query="").geturl(),
        ]
        for one in forged:
            assert POOL.request("GET", one).status == 403, one
        assert POOL.request("PUT", url, body=b"mine").status == 403
        assert POOL.request("DELETE", url).status == 403
    finally:
        for name in ("data-aaaa.zip", "data-bbbb.zip"):
            s3.delete_object(Bucket=bucket, Key=name)
