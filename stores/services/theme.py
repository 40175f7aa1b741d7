"""A store's theme: one stylesheet computed from a few choices, addressed by what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from django.templatetags.static import static
from django.utils.translation import get_language_bidi

from stores.models import Look
from stores.rules import brand_on, link_on, object_colours, on_colour, pressed

BOOK_FACE = ('"Frank Ruhl Libre"', "serif", "frank-ruhl-libre")
TEXT_FACE = ('"Assistant"', "sans-serif", "assistant")
FACES = {
    Look.TypePair.BOOK: (BOOK_FACE, TEXT_FACE),
    Look.TypePair.CLEAR: (('"Heebo"', "sans-serif", "heebo"), ('"Heebo"', "sans-serif", "heebo")),
    Look.TypePair.SOFT: (('"Rubik"', "sans-serif", "rubik"), TEXT_FACE),
    Look.TypePair.POSTER: (('"Suez One"', "serif", "suez-one"), TEXT_FACE),
    Look.TypePair.FINE: (('"Bellefair"', "serif", "bellefair"), TEXT_FACE),
}
MARKS = {
    Look.MarkLine.SEAM: "2px dashed color-mix(in oklab, var(--brand) 45%, transparent)",
    Look.MarkLine.RULE: "1px solid var(--line)",
    Look.MarkLine.DOTS: "3px dotted var(--brand)",
    Look.MarkLine.NONE: "0 none",
}


@dataclass(frozen=True)
class Theme:
    """A stylesheet, the hash in its address, and the fonts worth loading before anything else."""

    css: str
    digest: str
    fonts: tuple[str, ...]


def theme_of(look: Look) -> Theme:
    """Return the theme of a look; the same choices give the same bytes in every process."""
    return _theme(look.colour.lower(), look.type_pair, look.corner, look.mark_line, look.scheme)


@lru_cache(maxsize=1024)
def _theme(colour: str, type_pair: str, corner: int, mark_line: str, scheme: str) -> Theme:
    display, text = FACES[Look.TypePair(type_pair)]
    day, night = brand_on(colour, dark=False), brand_on(colour, dark=True)
    properties = {
        "--brand": _both(day, night),
        "--on-brand": _both(on_colour(day), on_colour(night)),
        "--pressed": _both(pressed(day), pressed(night)),
        "--link": _both(link_on(colour, dark=False), link_on(colour, dark=True)),
        "--display": _family(*display[:2]),
        "--text": _family(*text[:2]),
        "--r": f"{int(corner)}px",
        "--mark": MARKS[Look.MarkLine(mark_line)],
    }
    hues = {f"--c{number}": hue for number, hue in enumerate(object_colours(colour))}
    lines = "".join(f"{name}:{value};" for name, value in (properties | hues).items())
    if scheme != Look.Scheme.AUTO:
        lines += f"color-scheme:{Look.Scheme(scheme).value};"
    css = f":root{{{lines}}}\n"
    digest = hashlib.sha256(css.encode()).hexdigest()[:16]
    return Theme(css, digest, tuple(dict.fromkeys((display[2], text[2]))))


def font_urls(theme: Theme) -> list[str]:
    """Return the addresses of the theme's font files in the script of the page."""
    script = "hebrew" if get_language_bidi() else "latin"
    return [static(f"built/fonts/{name}-{script}.woff2") for name in theme.fonts]


def _both(light: str, dark: str) -> str:
    return light if light == dark else f"light-dark({light},{dark})"


def _family(name: str, generic: str) -> str:
    fallback = name[:-1] + ' Fallback"'
    hebrew = '"Noto Serif Hebrew"' if generic == "serif" else '"Noto Sans Hebrew"'
    return f"{name},{fallback},{hebrew},{generic}"
