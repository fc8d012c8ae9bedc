"""A site's staff: how they sign in, and how their owner lets them in and out."""
