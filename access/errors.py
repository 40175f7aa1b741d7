"""What can go wrong with access, named by what to do next."""


class AccessError(Exception):
    """Base of the errors of this app."""


class KeyIsUsedUp(AccessError):
    """Sign in instead: this link was opened in too many browsers, or is too old."""


class BelongsElsewhere(AccessError):
    """A programming error: customer and product are of two stores."""
