"""The nightly proof that the notice's promises are kept on the stage itself: what is checked, what was found, and the
public page that says so (docs/decisions/0059)."""
