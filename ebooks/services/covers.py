"""Covers to choose from: the file's own, and some drawn of title, author and the store's colour."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from content.models import Asset
from content.services.excerpts.making import WORKER
from content.services.files import on_disk
from core.copies import keep_copy, kept_copy
from core.images import PictureRefusedError
from core.limited import CrashedError, TooHeavyError, run_limited
from ebooks.models import Ebook
from ebooks.services.files import current_files
from products.services.covers import set_cover
from stores.scope import current_store

DRAWN = range(3)
"""The ways of ``plain_covers``, which is not loaded to count them."""
SMALL = (240, 360)
A_DAY = 24 * 60 * 60


def drawn(book: Ebook, number: int) -> bytes:
    """Return one of the drawn covers of a book as a JPEG."""
    from content.services.bookmaking.pictures.plain_covers import draw_plain  # late: seldom drawn

    return draw_plain(number, **_words(book))


def drawn_small(book: Ebook, number: int) -> bytes:
    """Return the same small, to choose by; a copy is kept of what takes seconds to draw."""
    key = _key(book, number)
    kept: bytes | None = kept_copy(key)
    if kept is None:
        kept = _small(drawn(book, number))
        keep_copy(key, kept, seconds=A_DAY)
    return kept


def _words(book: Ebook) -> dict[str, str]:
    """Return all that a drawn cover is made of."""
    store = current_store()
    return {
        "title": book.title or store.name,
        "author": book.maker or store.name,
        "colour": store.look.colour,
    }


def _key(book: Ebook, number: int) -> str:
    """Name a copy by what is drawn, so that other words or another colour make another."""
    named = sha256(repr([number, *_words(book).values()]).encode()).hexdigest()[:32]
    return f"{current_store().public_id}:cover:{named}"


def _small(picture_bytes: bytes) -> bytes:
    from PIL import Image  # late: see drawn

    out = io.BytesIO()
    with Image.open(io.BytesIO(picture_bytes)) as picture:
        picture.resize(SMALL, Image.Resampling.LANCZOS).save(out, "JPEG", quality=85)
    return out.getvalue()


def take_drawn(book: Ebook, number: int) -> None:
    """Make one of the drawn covers the cover of the book."""
    with TemporaryDirectory(prefix="cover-") as room:
        path = Path(room) / "cover.jpg"
        path.write_bytes(drawn(book, number))
        set_cover(book, path)


def take_own(book: Ebook) -> bool:
    """Make the picture that the book's EPUB calls its cover the cover; say whether it has one.

    The file is opened in a limited process, and the picture made anew like any that comes.
    """
    asset: Asset | None = current_files(book).get("epub")
    if asset is None:
        return False
    with TemporaryDirectory(prefix="cover-") as folder:
        room = Path(folder)
        try:
            with on_disk(asset, room) as source:
                request = {"kind": "cover", "source": str(source), "target": folder}
                found = run_limited(WORKER, request).get("cover")
            if not found:
                return False
            set_cover(book, Path(found))
        except (PictureRefusedError, CrashedError, TooHeavyError, OSError):
            return False
    return True
