"""What happens is told to whoever is connected: who listens, what they are told, how it reaches them."""
