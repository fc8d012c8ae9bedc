"""The family of a browser, which is all that is kept of what it says about itself (N3)."""

import re

# In this order: nearly all claim to be several.
_FAMILIES = (
    # CUBOT makes phones.
    (
        "bot",
        r"(?<!cu)bot\b|crawl|spider|slurp|headless|lighthouse|externalhit|preview|curl/|wget/|python-|java/|http-client",
    ),
    ("edge", r"\bedg(e|a|ios)?/"),
    ("opera", r"\b(opr|opera|opios|opt)/|^opera\b"),
    ("samsung", r"samsungbrowser/"),
    ("firefox", r"\b(firefox|fxios|focus)/"),
    ("chrome", r"\b(chrome|crios|chromium)/"),
    # Not Android's old browser, which also claims to be Safari.
    ("safari", r"^(?!.*android).*\bsafari/"),
)


def family(user_agent: str | None) -> str:
    """chrome, firefox, safari, edge, opera, samsung, bot or other."""
    said = (user_agent or "")[:512].lower()
    return next((name for name, pattern in _FAMILIES if re.search(pattern, said)), "other")
