"""AWS's own limits, held against every call that tests make: the emulator has only some of them, and is not asked."""
