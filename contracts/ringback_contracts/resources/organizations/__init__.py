"""The org itself."""
