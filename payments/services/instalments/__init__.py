"""Sums paid in several monthly charges: begun, guarded, followed, paid off, and shown."""
