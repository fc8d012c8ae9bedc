"""What an authenticator app shows (RFC 6238: SHA-1, six digits, 30 seconds)."""

import base64
import hmac


def code_of(secret: str, at: float) -> str:
    """The six digits at an epoch second, by a ``secret`` in base32."""
    counter = int(at // 30).to_bytes(8, "big")
    mac = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, "sha1")
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"
