"""Gifts: bought by one, claimed by another."""
