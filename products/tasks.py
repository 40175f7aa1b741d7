"""Sweeps of the catalogue."""
