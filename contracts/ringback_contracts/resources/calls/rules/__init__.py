"""The rules: each module holds those of one part of a request."""
