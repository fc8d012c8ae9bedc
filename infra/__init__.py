"""The stack by concern, packaging, deploying, operating, and the local stack."""

STAGES = ("dev", "staging", "prod")
