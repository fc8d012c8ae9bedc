"""What stands for a value that must not be kept."""

import hmac
from hashlib import sha256


def keyed(key: str, value: str) -> str:
    """The HMAC-SHA256 of ``value`` under ``key``, in hex."""
    return hmac.new(key.encode(), value.encode("utf-8", "replace"), sha256).hexdigest()
