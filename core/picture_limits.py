"""What a picture may be: known without loading what decodes one."""

from typing import Final

LARGEST: Final = 60 * 1024 * 1024
"""Bytes of the file."""
MOST_PIXELS: Final = 60_000_000
