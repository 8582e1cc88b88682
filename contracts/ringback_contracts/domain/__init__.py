"""What telephony itself says: addresses and numbers."""
