"""Notification channels, what they are subscribed to, and the events that go over their sockets."""
