"""Setting up, serving and testing this checkout. Until the packages are installed, only the standard library."""
