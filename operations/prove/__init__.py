"""Canary people play the promises of the notice on a running stage, through its public address. One module a scene."""
