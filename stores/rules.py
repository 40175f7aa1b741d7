"""Colours that can be read: contrast as WCAG 2.2 counts it."""

from __future__ import annotations

ENOUGH = 4.5
"""WCAG 2.2, 1.4.3: the contrast of text with what it stands on."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (#rrggbb), between 1 and 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """Return black or white, whichever is read better on ``colour``."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB's own numbers
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
