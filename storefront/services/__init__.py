"""What the shop and the shelf show, worked out without a request."""
