"""A pretend Stripe: a program of its own that speaks Stripe's HTTP, for development and tests."""
