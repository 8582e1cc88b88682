"""What the platform accepts: pure rules, no I/O."""
