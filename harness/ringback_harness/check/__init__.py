"""Contract tests of a target: the rules, the flow of a call, generated requests, the client, the document."""
