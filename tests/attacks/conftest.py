"""What these tests leave behind goes afterwards, as that of the adapter tests."""

from tests.adapters.conftest import chats_and_requests_go_afterwards, executions_go_afterwards, wires

__all__ = ["chats_and_requests_go_afterwards", "executions_go_afterwards", "wires"]
