"""The tables. Each entity owns its keys, its expiry and its transitions."""
