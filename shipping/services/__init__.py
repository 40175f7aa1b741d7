"""What is done about posting."""
