"""What the mock remembers, and how it answers."""
