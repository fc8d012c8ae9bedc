"""What a person may ask for, over all stores: what we hold, a copy, corrections, deletion."""
