"""Closing a store: ninety days' notice, a year for reading, then a closed door."""
