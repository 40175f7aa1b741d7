"""Editions: prepared, sent on their way with a few minutes to take them back, and told of once."""
