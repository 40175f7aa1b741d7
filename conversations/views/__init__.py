"""Asking the shop, and reading what it answers."""
