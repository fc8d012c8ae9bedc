"""The signature of proofs, by a key that signs nothing else."""

from hashlib import sha256

from imchat import aws
from imchat.settings import settings

_ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256"


def sign(content: bytes) -> bytes:
    """The signature (RSASSA-PKCS1-v1_5, SHA-256) of a proof."""
    signed = aws.client("kms").sign(
        KeyId=settings().proof_key,
        Message=sha256(content).digest(),
        MessageType="DIGEST",
        SigningAlgorithm=_ALGORITHM,
    )
    signature: bytes = signed["Signature"]
    return signature


def public_key() -> bytes:
    """The key that checks proofs (DER, SubjectPublicKeyInfo)."""
    key: bytes = aws.client("kms").get_public_key(KeyId=settings().proof_key)["PublicKey"]
    return key
