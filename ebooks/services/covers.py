"""Covers to choose from: the file's own, and some drawn of title, author and the store's colour."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from content.models import Asset
from content.services.bookmaking.pictures.plain_covers import WAYS, draw_plain
from content.services.excerpts.making import WORKER
from content.services.files import on_disk
from core.images import PictureRefusedError
from core.limited import CrashedError, TooHeavyError, run_limited
from ebooks.models import Ebook
from ebooks.services.files import current_files
from products.services.covers import set_cover
from stores.scope import current_store

DRAWN = range(len(WAYS))
SMALL = (240, 360)


def drawn(book: Ebook, number: int) -> bytes:
    """Return one of the drawn covers of a book as a JPEG."""
    return draw_plain(
        number,
        title=book.title or current_store().name,
        author=book.maker or current_store().name,
        colour=current_store().look.colour,
    )


def drawn_small(book: Ebook, number: int) -> bytes:
    """Return the same small, to choose by."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(drawn(book, number))) as picture:
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
