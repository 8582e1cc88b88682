"""Everything that proves: the command line, explanations, checks and the pytest plugin."""
