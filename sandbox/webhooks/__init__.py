"""Events on their way to the receiver."""
