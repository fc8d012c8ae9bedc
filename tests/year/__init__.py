"""Thirty months of a site's life, day by day, on a clock of its own; after each day every promise about time is checked
(N1, N9, N10, N17 to N21)."""
