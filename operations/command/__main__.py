"""``python -m operations.command``, which ``./imchat`` runs."""

from operations.command.main import imchat

imchat(prog_name="imchat")
