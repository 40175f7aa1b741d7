"""The demo: two shops, the people in them, and a year of their sales."""
