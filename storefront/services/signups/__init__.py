"""Forms on pages: an address, its own yes by mail, a gift, a mailing list, and leaving it."""
