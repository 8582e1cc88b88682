"""Tokens: what one stands for, and its end."""
