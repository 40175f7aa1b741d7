"""Forms of files: on their way in parts, and found somewhere."""
