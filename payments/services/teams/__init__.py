"""Teams: one buys places, gives them out by invitation, and takes them back."""
