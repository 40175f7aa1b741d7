"""Stripe's API as a schema, derived at set-up from the types of the installed SDK."""
