"""A store's hosts: its address on the platform, domains of its own, and which of them is first."""
