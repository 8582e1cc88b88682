"""Hold a request to the rules, in an org and for a caller, given or imagined."""
