"""Everything the library may raise at its callers.

ImchatError
├── Refused                 the caller's doing; says what to do differently
│   ├── InvalidInput        a value is not what the field takes
│   ├── Unauthorised        no token, or one that does not hold
│   ├── Forbidden           a token that holds, for something else
│   ├── NotFound            no such thing, or not the caller's to see: the same answer
│   ├── Conflict            the thing is not in a state that allows this
│   └── TooMany             over a limit; says when to come back
└── Unavailable             ours or AWS's doing; the same call may succeed later

``kind`` is stable and public (it becomes the problem's ``type``); ``detail`` is a sentence for a person and never
holds what was sent.
"""


class ImchatError(Exception):
    """Base of the tree."""

    status = 500

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


class Refused(ImchatError):
    """The call was understood and refused; nothing was written."""

    status = 400


class InvalidInput(Refused):
    """A value is not what the field takes. ``field`` names it in the body, path or query."""

    def __init__(self, kind: str, detail: str, field: str | None = None) -> None:
        super().__init__(kind, detail)
        self.field = field


class BodyTooLarge(Refused):
    """The body is over the limit of 32 KB."""

    status = 413


class Unauthorised(Refused):
    """No token, or one that is expired or not ours."""

    status = 401


class Forbidden(Refused):
    """Who calls is known and may not do this."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or it is not the caller's to see: nobody can tell which."""

    status = 404

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}_not_found", f"There is no such {what.replace('_', ' ')}.")


class Conflict(Refused):
    """The state of the thing does not allow the call."""

    status = 409


class TooMany(Refused):
    """Over a limit. ``retry_after`` is in whole seconds."""

    status = 429

    def __init__(self, kind: str, detail: str, retry_after: int) -> None:
        super().__init__(kind, detail)
        self.retry_after = max(1, retry_after)


class Unavailable(ImchatError):
    """Could not be done now; trying the same call again is safe."""

    status = 503

    def __init__(self) -> None:
        super().__init__("unavailable", "The service cannot do this just now. Please try again.")
