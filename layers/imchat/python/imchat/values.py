"""The one way in which a rule says no to a value."""


class InvalidValue(ValueError):
    """A value is not what a rule takes. ``reason`` is a sentence for a person and never holds the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
