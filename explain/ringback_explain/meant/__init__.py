"""What a body asks for, in whatever words and in whatever it is written."""
