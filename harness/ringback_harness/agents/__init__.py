"""What a coding agent may ask of Ringback: ``ringback mcp``."""
