"""Slugs in addresses: letters of any script, digits, hyphens and underscores."""


class UnicodeSlug:
    """Like Django's slug, with Hebrew letters."""

    regex = r"[\w-]{1,80}"

    def to_python(self, value: str) -> str:
        """Return the slug as it is stored."""
        return value

    def to_url(self, value: str) -> str:
        """Return the slug as it is written; Django quotes it."""
        return value
