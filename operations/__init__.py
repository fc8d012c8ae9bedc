"""What an engineer does with a stage (./imchat, docs/operations.md). `command/` asks and answers; the rest does it."""
