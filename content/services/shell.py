"""What the readers are made of: the files a device keeps to open a book without a connection."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

PIECES = (
    "reader/*.js",
    "reader/*.css",
    "css/*.css",
    "js/kept.js",
    "img/icon.svg",
    "built/fonts.css",
    "built/fonts/*.woff2",
    "built/foliate/**/*.js",
    "built/pdfjs/build/*.mjs",
    "built/pdfjs/wasm/*",
    "built/pdfjs/iccs/*",
    "built/pdfjs/standard_fonts/*",
)
"""Tables of Chinese, Japanese and Korean letters are large: a device keeps those it has met."""


@cache
def shell() -> list[str]:
    """Return the addresses of all pieces, with their hashed twins where there are some.

    Scripts name each other by their plain names, pages by the hashed ones.
    """
    root = Path(settings.BASE_DIR) / "static"
    names = sorted(
        path.relative_to(root).as_posix()
        for pattern in PIECES
        for path in root.glob(pattern)
        if path.is_file()
    )
    return sorted({url for name in names for url in (settings.STATIC_URL + name, static(name))})
