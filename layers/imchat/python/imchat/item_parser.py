"""How DynamoDB's answers are read: botocore's parser compares each part of each item with the model of the service, and
leaves it as it was, but for bytes (docs/decisions/0037)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory

# An attribute of bytes, or of a set of them. Within a text its quotes are escaped, so no text looks like this.
_BYTES = re.compile(rb'"BS?" ?:')
_WHOLE = JSONParser()


class _ItemParser(JSONParser):  # type: ignore[misc]  # botocore has no types
    """Botocore's, but items without bytes are taken as they come."""

    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:
        if _BYTES.search(raw_body):
            return _WHOLE._handle_json_body(raw_body, shape)
        return super()._handle_json_body(raw_body, shape)

    def _handle_map(self, shape: Any, value: Any) -> Any:
        return value if shape.value.name == "AttributeValue" else super()._handle_map(shape, value)


class _ItemParsers(ResponseParserFactory):  # type: ignore[misc]
    def create_parser(self, protocol_name: str) -> Any:
        """One parser for all answers: it keeps nothing of any."""
        return _PARSER


_PARSER = _ItemParser()


@contextmanager
def item_parsers(session: Any) -> Iterator[None]:
    """A client of DynamoDB that ``session`` makes meanwhile reads items so. No other: elsewhere AttributeValue may mean
    what it likes."""
    usual = session.get_component("response_parser_factory")
    session.register_component("response_parser_factory", _ItemParsers())
    try:
        yield
    finally:
        session.register_component("response_parser_factory", usual)
