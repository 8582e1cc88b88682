"""Conversations of any kind."""
