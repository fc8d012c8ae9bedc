"""What goes with a signature: the key as people save it, and as they compare it. Needs no more than Python itself."""

import base64
from hashlib import sha256
from textwrap import wrap

# The files of a bundle that speak of the others; the manifest lists all but the first two.
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "signing-key.pem"
FORMAT, VERSION = "imchat-copy-of-personal-data", 1


def pem(public_key: bytes) -> bytes:
    """A public key (DER, SubjectPublicKeyInfo) as PEM (RFC 7468)."""
    lines = wrap(base64.b64encode(public_key).decode(), 64)
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]).encode()


def fingerprint(public_key: bytes) -> str:
    """A public key (DER, SubjectPublicKeyInfo) as people compare it: its SHA-256, in groups of four hex digits."""
    return " ".join(wrap(sha256(public_key).hexdigest(), 4))
