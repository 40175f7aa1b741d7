"""What templates of the desk share."""
