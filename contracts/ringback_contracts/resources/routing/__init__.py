"""Routing: queues, their members, and whether users take work."""
