"""Films of the creator's own in the shop window: kept, shown, given a first picture, let go."""
