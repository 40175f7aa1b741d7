"""Colour arithmetic of a theme: contrast as WCAG 2.2 measures it, mixing as CSS does it in OKLab.

Pure functions over ``#rrggbb``. Every answer is checked on the very bytes that are served, so the
promises hold for all sixteen million colours a creator can choose.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3: the contrast of text with what is behind it."""
VISIBLE = 1.7
"""Less than this and a filled button is lost on its page."""
WHITE, BLACK = "#ffffff", "#000000"
LIGHT_GROUND, DARK_GROUND = "#fdfcfa", "#151312"
LIGHT_SHEET, DARK_SHEET = "#ffffff", "#1f1c1a"
ROUNDING = 0.0005
LINEAR_BELOW, CURVED_BELOW = 0.04045, 0.0031308
"""Where sRGB's curve has its straight foot (IEC 61966-2-1)."""

Triple = tuple[float, float, float]

HUES = (
    # lightness, least and most chroma of the objects 1-11; 0 is the brand itself
    (0.42, 0.05, 0.10),
    (0.50, 0.06, 0.11),
    (0.38, 0.04, 0.07),
    (0.47, 0.06, 0.10),
    (0.40, 0.04, 0.08),
    (0.46, 0.05, 0.08),
    (0.38, 0.05, 0.08),
    (0.48, 0.06, 0.10),
    (0.41, 0.05, 0.09),
    (0.49, 0.06, 0.10),
    (0.36, 0.05, 0.09),
)


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(value) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on_colour(colour: str) -> str:
    """Return black or white, whichever reads better on ``colour``: never below 4.58."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, colour))


def pressed(colour: str) -> str:
    """Return ``colour`` as a button under the pointer: its text reads even better."""
    return mix(BLACK if on_colour(colour) == WHITE else WHITE, 0.12, colour)


def mix(colour: str, share: float, ground: str) -> str:
    """Return CSS's ``color-mix(in oklab, colour share, ground)``; ``share`` is 0 to 1."""
    pairs = zip(_oklab(colour), _oklab(ground), strict=True)
    lightness, a, b = (share * one + (1 - share) * other for one, other in pairs)
    return _hex(_from_oklab((lightness, a, b)))


def surfaces(brand: str, *, dark: bool) -> tuple[str, str, str]:
    """Return paper, sheet and tint as ``tokens.css`` mixes them from the brand."""
    if dark:
        sheet = mix(brand, 0.06, DARK_SHEET)
        return mix(brand, 0.07, DARK_GROUND), sheet, mix(brand, 0.20, DARK_GROUND)
    return mix(brand, 0.04, LIGHT_GROUND), LIGHT_SHEET, mix(brand, 0.11, LIGHT_GROUND)


def brand_on(colour: str, *, dark: bool) -> str:
    """Return the brand as filled buttons show it: moved only where it would be lost on the page."""
    paper = surfaces(colour, dark=dark)[0]
    return _moved(colour, lambda tried: contrast(tried, paper) >= VISIBLE, lighter=dark)


def link_on(colour: str, *, dark: bool) -> str:
    """Return the brand as text: readable on paper, sheet and tint."""
    grounds = surfaces(brand_on(colour, dark=dark), dark=dark)
    return _moved(colour, lambda tried: is_readable(tried, grounds), lighter=dark)


def is_readable(text: str, grounds: Iterable[str]) -> bool:
    """Whether ``text`` has the contrast of running text on every ground."""
    return all(contrast(text, ground) >= READABLE for ground in grounds)


def object_colours(brand: str) -> list[str]:
    """Return the twelve colours of objects: the brand, then around it, dark enough for white."""
    lightness, chroma, hue = _oklch(brand)
    wanted = [(min(lightness, 0.5), chroma, hue)] + [
        (light, min(max(chroma, least), most), hue + math.tau * step / 12)
        for step, (light, least, most) in enumerate(HUES, start=1)
    ]
    return [_moved(_in_gamut(*one), carries_white, lighter=False) for one in wanted]


def carries_white(colour: str) -> bool:
    """Whether white reads on ``colour`` and on the pattern drawn over it (9 % lighter)."""
    return contrast(WHITE, mix(WHITE, 0.09, colour)) >= READABLE


def _moved(colour: str, is_enough: Callable[[str], bool], *, lighter: bool) -> str:
    """Return the nearest colour, lighter or darker with the same hue, for which it is enough."""
    if is_enough(colour):
        return colour
    lightness, chroma, hue = _oklch(colour)
    short, enough = lightness, 1.0 if lighter else 0.0
    for _ in range(12):
        middle = (short + enough) / 2
        if is_enough(_in_gamut(middle, chroma, hue)):
            enough = middle
        else:
            short = middle
    return _in_gamut(enough, chroma, hue)


def _in_gamut(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour with as much of its chroma as a screen can show."""
    least, most = 0.0, chroma
    if _fits(_from_oklch(lightness, chroma, hue)):
        least = chroma
    else:
        for _ in range(12):
            middle = (least + most) / 2
            if _fits(_from_oklch(lightness, middle, hue)):
                least = middle
            else:
                most = middle
    return _hex(_from_oklch(lightness, least, hue))


def _fits(rgb: Triple) -> bool:
    return all(-ROUNDING <= value <= 1 + ROUNDING for value in rgb)


def _channels(colour: str) -> Triple:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Triple) -> str:
    return "#" + "".join(f"{round(min(max(value, 0.0), 1.0) * 255):02x}" for value in rgb)


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4)


def _curved(value: float) -> float:
    if value <= CURVED_BELOW:
        return 12.92 * value
    return float(1.055 * value ** (1 / 2.4) - 0.055)


def _oklab(colour: str) -> Triple:
    """Convert as published by Björn Ottosson, https://bottosson.github.io/posts/oklab/."""
    red, green, blue = (_linear(value) for value in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lab: Triple) -> Triple:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _curved(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _curved(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _curved(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _oklch(colour: str) -> Triple:
    lightness, a, b = _oklab(colour)
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Triple:
    return _from_oklab((lightness, chroma * math.cos(hue), chroma * math.sin(hue)))
