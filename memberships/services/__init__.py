"""What a club does: its months, its members, what they see."""
