"""Searching the shop: what is public of it, how it is looked through, and how that is kept."""
