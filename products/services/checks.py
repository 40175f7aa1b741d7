"""System checks: a format without its model, urls or templates does not start."""
