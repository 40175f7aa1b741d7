"""A card that failed: days to fix it, a hold, and an end without debt; or all is well again."""
