"""The whole system on one machine: the emulator, the real template, a demo site with staff, the pages."""
