"""A beginning of a book that anybody may read: picked from its contents, made of its file."""
