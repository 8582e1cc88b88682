"""Say what came of a request: findings, notes, questions, and the request to send instead."""
