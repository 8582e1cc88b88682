"""What is served beside the calls."""
