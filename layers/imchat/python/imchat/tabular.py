"""CSV for people: what a spreadsheet would take for a formula is made text."""


def harmless(cell: str) -> str:
    """``cell`` with an apostrophe before it where it begins as a formula does."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
