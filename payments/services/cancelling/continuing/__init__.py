"""Cancelling what is paid again and again: a notice that stops charges at once."""
