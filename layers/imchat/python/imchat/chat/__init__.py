"""What can happen to a chat, one module each: opened, posted to, read, closed, sent, rated, corrected, deleted, swept."""
