"""How answers look in JSON. Types only: views are annotated with them, mypy proves that they keep to them, and the
API's description is made from them. Nothing imports them to run."""
