"""Items are read and written by shorter ways than the libraries', and come out the same."""

import json
import re
from typing import Any, get_args

import botocore.session
import pytest
from botocore.parsers import JSONParser
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import JSONAttribute, ListAttribute, MapAttribute
from pynamodb.models import Model

from imchat.chat.posting import _words
from imchat.item_parser import item_parsers
from imchat.stores import accounts, chats, correspondence, evidence, requests, statistics, visits  # noqa: F401
from imchat.stores.base import ExpiringItem, Item
from imchat.stores.messages import By

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.just('"B": ')
SCALARS = st.one_of(
    st.builds(lambda text: {"S": text}, TEXTS),
    st.builds(lambda number: {"N": str(number)}, st.integers()),
    st.builds(lambda truth: {"BOOL": truth}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda many: {"SS": many}, st.lists(TEXTS, min_size=1)),
    st.just({"B": "Ynl0ZXM="}),
    st.just({"BS": ["Ynl0ZXM=", ""]}),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.builds(lambda many: {"L": many}, st.lists(inner, max_size=3))
        | st.builds(lambda many: {"M": many}, st.dictionaries(TEXTS, inner, max_size=3))
    ),
    max_leaves=8,
)
ITEMS = st.dictionaries(TEXTS, VALUES, max_size=4)


def _client() -> Any:
    session = botocore.session.get_session()
    with item_parsers(session):
        client = session.create_client("dynamodb", "eu-west-2", aws_access_key_id="none", aws_secret_access_key="none")
    assert type(session.get_component("response_parser_factory").create_parser("json")) is JSONParser
    return client


CLIENT = _client()


@pytest.mark.parametrize("spaces", [(",", ":"), (", ", ": ")], ids=["as DynamoDB writes", "as others may"])
@given(found=st.lists(ITEMS, max_size=3))
def test_an_answer_is_read_as_botocore_reads_it(spaces: tuple[str, str], found: list[dict[str, Any]]) -> None:
    shape = CLIENT.meta.service_model.operation_model("Query").output_shape
    body = json.dumps({"Items": found, "Count": len(found), "Unknown": 1}, separators=spaces).encode()
    response = {"body": body, "headers": {}, "status_code": 200}
    parser = CLIENT._endpoint._response_parser_factory.create_parser("json")
    assert parser.parse(response, shape) == JSONParser().parse(response, shape)


@pytest.mark.parametrize(("value", "looked_at"), [({"S": "a"}, 0), ({"L": [{"S": "B"}]}, 0), ({"B": "Ynl0ZXM="}, 1)])
def test_values_are_looked_at_only_where_there_are_bytes(
    value: Any, looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    whole = JSONParser._handle_structure
    monkeypatch.setattr(
        JSONParser, "_handle_structure", lambda self, shape, one: looked.append(shape.name) or whole(self, shape, one)
    )
    shape = CLIENT.meta.service_model.operation_model("GetItem").output_shape
    response = {"body": json.dumps({"Item": {"name": value}}).encode(), "headers": {}, "status_code": 200}
    CLIENT._endpoint._response_parser_factory.create_parser("json").parse(response, shape)
    assert looked.count("AttributeValue") == looked_at


def _models(of: type[Any] = Item) -> list[type[Any]]:
    return [one for kind in of.__subclasses__() for one in ([] if kind is ExpiringItem else [kind]) + _models(kind)]


@pytest.mark.parametrize(
    "model", _models(), ids=lambda model: f"{model.__module__.rsplit('.', 1)[-1]}.{model.__name__}"
)
@given(data=st.data())
def test_an_item_is_what_pynamodb_makes_of_it(model: type[Any], data: st.DataObject) -> None:
    raw = {}
    for attribute in model.get_attributes().values():
        kind, value = attribute.attr_type, {"S": {"S": "text"}, "N": {"N": "7"}}.get(attribute.attr_type)
        if isinstance(attribute, JSONAttribute):
            value = {"S": '{"a": [1]}'}
        elif kind == "SS":
            value = {"SS": ["a", "b"]}
        elif kind == "BOOL":
            value = {"BOOL": True}
        elif kind == "M":
            value = (
                {"M": {"a": {"N": "1"}}} if isinstance(attribute, MapAttribute) and attribute.is_raw() else {"M": {}}
            )
        elif kind == "L":
            value = {"L": [{"S": "a"}] if isinstance(attribute, ListAttribute) and not attribute.element_type else []}
        raw[attribute.attr_name] = data.draw(st.sampled_from([value, value, {"NULL": True}, None]))
    given_ = {name: value for name, value in raw.items() if value}
    ours, theirs = model.from_raw_data(given_), Model.from_raw_data.__func__(model, given_)  # type: ignore[attr-defined]
    assert ours.attribute_values.keys() == theirs.attribute_values.keys()
    for name, value in theirs.attribute_values.items():
        mine = ours.attribute_values[name]
        assert type(mine) is type(value)
        assert getattr(mine, "attribute_values", mine) == getattr(value, "attribute_values", value)


@pytest.mark.parametrize("by", get_args(By))
@pytest.mark.parametrize("named", [True, False])
def test_a_post_names_every_attribute_by_a_placeholder_and_no_other(by: By, named: bool) -> None:
    """DynamoDB refuses a name that is one of its hundreds of reserved words, and a placeholder that is not used."""
    update, condition, names = _words(by, named)
    words = set(re.findall(r"(?<!:)[#\w]+\b", re.sub(r":\w+", "", f"{update} {condition}")))
    functions = {"list_append", "size", "contains", "if_not_exists", "attribute_exists"}
    assert words - {"SET", "ADD", "AND", "NOT", "OR"} - functions == names.keys()
    stored = {attribute.attr_name for attribute in chats.Chat.get_attributes().values()}
    assert set(names.values()) - {"operator"} <= stored
