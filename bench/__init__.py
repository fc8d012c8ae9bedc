"""What things cost: counts that are exact, times as ratios measured in one run against a floor of their own."""
