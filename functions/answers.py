"""What views answer that is not plain JSON under status 200: the status, the media type, and the type of the body. A
view's own annotation says which of these it gives, for mypy to prove and for the API's description to tell."""

from typing import Generic, TypeVar

from chalice import Response

T = TypeVar("T")
# Lambda answers at most 6 MB. The body is a text in JSON there, and some runtimes write that in ASCII, which is longer.
# What stands around the body has the rest.
MOST_BYTES = 5_500_000
_BRIEFLY = "public, max-age=300"


class Ok(Response, Generic[T]):
    """JSON with headers of its own."""

    status = 200

    def __init__(self, body: T, headers: dict[str, str] | None = None) -> None:
        super().__init__(body, status_code=self.status, headers=dict(headers or {}))


class Created(Ok[T]):
    """Something was made."""

    status = 201


class Accepted(Ok[T]):
    """It will be done."""

    status = 202


class NoContent(Response):
    """It was done, and there is nothing to say."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        super().__init__("", status_code=204, headers=dict(headers or {}))


class Public(Ok[T]):
    """JSON that everybody may see, for some minutes the same."""

    def __init__(self, body: T) -> None:
        super().__init__(body, {"Cache-Control": _BRIEFLY})


class Csv(Response):
    """A CSV file of a name."""

    def __init__(self, name: str, content: str) -> None:
        super().__init__(
            content,
            headers={
                "Content-Type": "text/csv; charset=utf-8",
                "Content-Disposition": f'attachment; filename="{name}.csv"',
            },
        )


class Page(Response):
    """A page that everybody may see, for some minutes the same."""

    def __init__(self, content: str, policy: str) -> None:
        super().__init__(
            content,
            headers={
                "Content-Type": "text/html; charset=utf-8",
                "Content-Security-Policy": policy,
                "Cache-Control": _BRIEFLY,
            },
        )
