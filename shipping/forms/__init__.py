"""What is asked about posting."""
