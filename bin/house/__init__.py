"""Setting up, serving and testing this checkout."""
