"""The register: one source for what is kept, why, for how long; all else is derived from it (DESIGN section 2)."""
