"""The examples of the rules and the operations in the forms of other tools: ``ringback export``."""
