"""Chalice blueprints, one module a caller: parse, authorise, call the library, answer."""
