"""What the readers are made of: the files a device keeps to open a book without a connection."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

PIECES = {
    "epub": ("built/foliate/**/*.js",),
    "pdf": (
        "built/pdfjs/build/*.mjs",
        "built/pdfjs/wasm/*",
        "built/pdfjs/iccs/*",
        "built/pdfjs/standard_fonts/*",
    ),
}
FOR_BOTH = (
    "reader/*.js",
    "reader/*.css",
    "css/*.css",
    "js/kept.js",
    "img/icon.svg",
    "built/fonts.css",
    "built/fonts/*.woff2",
)
"""Tables of Chinese, Japanese and Korean letters are large: a device keeps those it has met."""


@cache
def shell() -> dict[str, list[str]]:
    """Return the addresses of the pieces of each kind of reader, with their hashed twins.

    Scripts name each other by their plain names, pages by the hashed ones.
    """
    return {kind: _addresses(FOR_BOTH + own) for kind, own in PIECES.items()}


def _addresses(patterns: tuple[str, ...]) -> list[str]:
    root = Path(settings.BASE_DIR) / "static"
    names = {
        path.relative_to(root).as_posix()
        for pattern in patterns
        for path in root.glob(pattern)
        if path.is_file()
    }
    return sorted({url for name in names for url in (settings.STATIC_URL + name, static(name))})
