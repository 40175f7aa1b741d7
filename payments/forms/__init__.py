"""What the pages of buying ask."""
