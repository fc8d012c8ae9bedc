"""Live chat whose privacy notice is executable: the rules. Knows no HTTP and no Chalice."""
