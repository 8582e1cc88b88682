"""What holds for every HTTP request: its path, token, rights, media type, size and JSON."""
