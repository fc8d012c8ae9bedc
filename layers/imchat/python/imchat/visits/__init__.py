"""Counting visits to pages so that nobody is identified (N1)."""
