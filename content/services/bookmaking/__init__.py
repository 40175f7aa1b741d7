"""Make real books from plain text: an EPUB or a PDF, the same bytes each time."""
