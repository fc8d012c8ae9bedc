"""What callers may send, in bodies and in queries: the same models read it and document it. Unknown fields of a body
are refused. Lengths, characters and words are the library's rules; a field's model names its rule, which the API's
description spells out (functions/openapi/rules.py)."""

from datetime import date, datetime
from typing import Annotated

import msgspec


class Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of every body."""


class Query(msgspec.Struct, kw_only=True, rename={"from_day": "from", "to_day": "to"}):
    """Base of every query. What nobody asks for is left alone."""


def ruled(rule: str) -> msgspec.Meta:
    """Of a field that the library's ``rule`` judges."""
    return msgspec.Meta(extra_json_schema={"x-rule": rule})


SiteId = Annotated[str, ruled("site_id")]
Message = Annotated[str, ruled("message")]
Remark = Annotated[str, ruled("remark")]
Name = Annotated[str, ruled("name")]
Email = Annotated[str, ruled("email")]
Phone = Annotated[str, ruled("phone")]
Address = Annotated[str, ruled("address")]
ClientId = Annotated[str, ruled("client_id")]
ActId = Annotated[str, ruled("act_id")]
Reference = Annotated[str, ruled("reference")]
# A time needs its offset; without one nobody knows which it is.
Time = Annotated[datetime, msgspec.Meta(tz=True, extra_json_schema={"x-rule": "time"})]
Cursor = Annotated[int, msgspec.Meta(ge=0, le=999_999_999)]
Limit = Annotated[int, ruled("limit")]
Next = Annotated[str, msgspec.Meta(description="Where the list goes on: `next` of the page before.")]


class NextPage(Query):
    """A page of a list, as long as an answer holds."""

    next: Next = ""


class Page(NextPage):
    """A page of a list."""

    limit: Limit = 50


class Days(Query):
    """Days, both included; the last 30 where absent."""

    from_day: date | None = None
    to_day: date | None = None


class Nothing(Form):
    """A body without fields."""
