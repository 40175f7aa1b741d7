"""Cancelling a purchase: the right, the notice, what follows, and what is said about it."""
