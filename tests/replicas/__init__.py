"""Several processes that serve one org."""
