"""A day in the life of a running stack, many at once: nothing that was said may be lost, doubled or reordered."""
