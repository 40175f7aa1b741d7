"""The pages of buying, and Stripe's door."""
