"""Chalice blueprints, one module a caller: parse, authorise, call the library, answer."""

import gc

# What is loaded stays. Python looks for garbage each time 700 objects more have come to be, at every start some hundred
# times for nothing, which is a tenth of it (docs/decisions/0034). So many are some 10 MB.
gc.set_threshold(100_000)
