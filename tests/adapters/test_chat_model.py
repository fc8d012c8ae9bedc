"""A chat against a plain Python model of one: whatever happens in whatever order, they agree."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from imchat import clock
from imchat.chat import posting
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.chat.reading import read
from imchat.errors import Conflict, NotFound
from imchat.housekeeping import sweep
from imchat.stores import chats
from imchat.stores.chats import Chat
from imchat.text import blank
from tests.adapters.worlds import NOON, World, items_of, world

pytestmark = pytest.mark.usefixtures("tables")
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(
    lambda text: not blank(text)
)


@dataclass
class Model:
    """What a chat is, in plain words."""

    said: list[tuple[str, str, str]] = field(default_factory=list)
    status: str = "open"
    gone: bool = False


class ChatMachine(RuleBasedStateMachine):
    """Open, post, post again, poll, seal, close, delete, expire; pages hold three messages, so seals are many."""

    chats = Bundle("chats")
    site: World

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.models: dict[str, Model] = {}
        self.number = 0

    @rule(target=chats, text=st.none() | TEXTS)
    def open(self, text: str | None) -> str:
        chat = self.site.open(self.now, text=text, client_id="first" if text else None)
        self.models[chat.pk] = Model([("v:first", "visitor", text)] if text else [])
        return chat.pk

    @rule(chat=chats, text=TEXTS, by=st.sampled_from(["visitor", "operator", "note"]))
    def say(self, chat: str, text: str, by: str) -> None:
        self.number += 1
        self._post(chat, by, text, f"c{self.number}")

    @rule(chat=chats, back=st.integers(0, 4), text=TEXTS)
    def say_again(self, chat: str, back: int, text: str) -> None:
        """The same client id again, from the last few messages: the same message, whatever text comes with it."""
        model = self.models[chat]
        if back < len(model.said) and not model.gone:
            message_id, by, said = model.said[-1 - back]
            posted = post(chat, self._author(by), text, message_id.rpartition(":")[2], self.now)
            assert not posted.created
            assert posted.message.text == said
            assert posted.cursor == len(model.said) - back

    def _author(self, by: str) -> Author:
        if by == "visitor":
            return Author(self.site.site_id)
        return Author(self.site.site_id, by, self.site.operator, "Olga")  # type: ignore[arg-type]

    def _post(self, chat: str, by: str, text: str, client_id: str) -> None:
        model, author = self.models[chat], self._author(by)
        if model.gone or model.status == "closed":
            with pytest.raises(NotFound if model.gone else Conflict):
                post(chat, author, text, client_id, self.now)
            return
        posted = post(chat, author, text, client_id, self.now)
        model.said.append((author.message_id(client_id), by, posted.message.text))
        assert posted.created
        assert posted.cursor == len(model.said)

    @rule(chat=chats, data=st.data())
    def poll(self, chat: str, data: st.DataObject) -> None:
        model = self.models[chat]
        after = data.draw(st.integers(0, len(model.said)))
        if model.gone:
            with pytest.raises(NotFound):
                read(chat, self.site.site_id, after, self.now, notes=False)
            return
        for notes in (True, False):
            found = read(chat, self.site.site_id, after, self.now, notes=notes)
            expected = [
                (position, message_id, text)
                for position, (message_id, by, text) in enumerate(model.said, 1)
                if position > after and (notes or by != "note")
            ]
            assert [(cursor, said.id, said.text) for cursor, said in found.messages] == expected
            assert found.cursor == len(model.said)
            assert found.chat.status == model.status

    @rule(chat=chats)
    def close(self, chat: str) -> None:
        model = self.models[chat]
        if model.gone:
            with pytest.raises(NotFound):
                close(chat, self.site.site_id, "visitor", self.now)
            return
        assert close(chat, self.site.site_id, "visitor", self.now).transcript == "no_address"
        model.status = "closed"

    @rule(chat=chats)
    def delete(self, chat: str) -> None:
        model = self.models[chat]
        if model.gone:
            with pytest.raises(NotFound):
                delete(chat, self.site.site_id, "visitor", self.now)
            return
        removed = dict(delete(chat, self.site.site_id, "visitor", self.now).removed)
        notes = sum(by == "note" for _, by, _ in model.said)
        assert removed.get("messages", 0) == len(model.said) - notes
        assert removed.get("internal notes", 0) == notes
        model.gone = True
        assert items_of(Chat, chat) == []

    @rule(days=st.sampled_from([0, 1, 100, 364, 365]), swept=st.booleans())
    def wait(self, days: int, swept: bool) -> None:
        """Time passes; what is over is invisible from that second, swept or not."""
        self.now += timedelta(days=days)
        for chat, model in self.models.items():
            if not model.gone and Chat.get(chat, "META").expires_at <= self.now.timestamp():
                model.gone = True
        if swept:
            sweep(self.now)
            for chat, model in self.models.items():
                if model.gone:
                    assert items_of(Chat, chat) == []
                elif Chat.get(chat, "META").status == "closed":
                    model.status = "closed"  # an open chat about to end is closed to be counted

    @invariant()
    def clock_agrees(self) -> None:
        moment = self.now
        clock.now = lambda: moment


def test_a_chat_is_what_its_model_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", clock.now)  # put back afterwards
    monkeypatch.setattr(posting, "PAGE_MESSAGES", 3)
    monkeypatch.setattr(chats, "PAGE_MESSAGES", 3)
    ChatMachine.site = world()
    run_state_machine_as_test(
        ChatMachine,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
