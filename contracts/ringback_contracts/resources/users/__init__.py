"""Users: their own and others' profiles."""
