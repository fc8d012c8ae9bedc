"""What can happen to a chat, one module each."""
