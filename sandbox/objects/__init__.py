"""Stripe's objects, one state machine each."""
