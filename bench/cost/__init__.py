"""What a month costs on AWS: units counted flow by flow on the emulator, list prices, and how much of what happens."""
