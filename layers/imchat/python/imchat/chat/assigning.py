"""Who answers a chat: taking it, giving it to a colleague, handing it over. All of it is recorded."""

from datetime import datetime

from imchat.chat.reading import load
from imchat.errors import Conflict, InvalidInput
from imchat.live import telling
from imchat.stores import accounts, evidence
from imchat.stores.base import Cancelled, put, transact, update
from imchat.stores.chats import OPEN, Chat, assignment_key


def assign(chat_id: str, site_id: str, actor: str, operator_id: str, now: datetime) -> Chat:
    """Give an unassigned chat to an operator of the site (oneself, mostly). Raises NotFound, InvalidInput for nobody
    of this site, Conflict if the chat is closed or another's already."""
    chat = load(chat_id, site_id, now)
    if chat.assigned_to == operator_id:
        return chat
    if chat.assigned_to:
        raise Conflict("assigned_already", "Another operator has this chat. It can be handed over instead.")
    return _give(chat, "assign", actor, operator_id, now)


def transfer(chat_id: str, site_id: str, actor: str, operator_id: str, now: datetime) -> Chat:
    """Hand a chat over to another operator of the site, whoever has it. Raises as ``assign``."""
    chat = load(chat_id, site_id, now)
    if chat.assigned_to == operator_id:
        return chat
    return _give(chat, "transfer", actor, operator_id, now)


def _give(chat: Chat, action: str, actor: str, operator_id: str, now: datetime) -> Chat:
    if chat.status != OPEN:
        raise Conflict("chat_closed", "This chat has ended.")
    if accounts.operator(chat.site_id, operator_id) is None:
        raise InvalidInput("operator_unknown", "There is no such operator on this site.", "operator_id")
    before = chat.assigned_to
    unchanged = Chat.assigned_to == before if before else Chat.assigned_to.does_not_exist()
    actions = [
        Chat.assigned_to.set(operator_id),
        Chat.assignment.set(assignment_key(chat.site_id, OPEN, operator_id)),
    ]
    record = evidence.entry(chat, action, actor, now, note=f"from {before or 'nobody'} to {operator_id}")
    try:
        transact(put(record), update(chat, actions, unchanged & (Chat.status == OPEN)))
    except Cancelled:
        raise Conflict("chat_changed", "Somebody else changed this chat just now. Please look again.") from None
    chat.assigned_to = operator_id
    telling.changed(chat, now)
    return chat
