"""What can be done with a store."""
