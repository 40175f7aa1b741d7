"""The use cases of content, each in its own module; importing this package imports nothing."""
