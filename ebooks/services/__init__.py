"""What can be done with an ebook."""
