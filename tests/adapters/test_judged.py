"""What the library asks of AWS goes by the judges: before it is sent, and by another DynamoDB afterwards."""

import pytest
from botocore.exceptions import ClientError

from imchat import aws
from imchat.settings import table_name
from imchat.stores.base import transact, update
from imchat.stores.chats import META, Chat
from tests.adapters.worlds import world
from tests.judges.recorder import Recorder
from tests.limits import hook

pytestmark = pytest.mark.usefixtures("tables")


def test_what_dynamodb_is_asked_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setattr(hook, "RECORDER", recorder)
    chat = world().open(email="ada@example.org")
    asked = "".join(recorder._kept)
    # A site is made and read; a chat is opened in a transaction.
    assert {"GetItem {", "PutItem {"} <= {f"{shape.partition('{')[0]}{{" for shape in recorder._kept}
    assert "ConditionExpression:attribute_not_exists" in asked
    assert "ada@example.org" not in asked
    assert recorder.problems() == []
    before = len(recorder)
    Chat.get(chat.pk, META)
    Chat.get(chat.pk, META)
    assert len(recorder) <= before + 1


def test_a_call_beyond_a_limit_never_reaches_the_emulator() -> None:
    chat = world().open()
    twice = [update(chat, [Chat.name.set("Ada")]), update(chat, [Chat.name.set("Eve")])]
    with pytest.raises(aws.AWS_ERRORS):
        transact(*twice)
    key = {"pk": {"S": chat.pk}, "sk": {"S": META}}
    wanted = {table_name("chats"): {"Keys": [key, key]}}
    with pytest.raises(ClientError, match="duplicates"):
        aws.dynamodb().client.batch_get_item(RequestItems=wanted)
    assert [error.operation_name for error in hook.REFUSED] == ["TransactWriteItems", "BatchGetItem"]
    hook.REFUSED.clear()
