"""The copy that answers an access or portability request: a ZIP, made as a stream, the same bytes for the same data."""
