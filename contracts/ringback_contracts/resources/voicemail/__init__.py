"""Voicemail: the mailbox of a user, and what was left in it."""
