"""The sample of a book, picked in its form."""

from __future__ import annotations

from typing import Any

from content.services.excerpts.chapters import chapters_of
from core import clock
from ebooks.models import Ebook
from ebooks.services.files import (
    current_files,
    remove_sample,
)
from ebooks.services.samples import pick_chapters, pick_pages, picked


def sample_fields(book: Ebook | None) -> tuple[str, ...]:
    """Return the fields by which a book's sample is picked; a new one has no contents yet."""
    if book is None:
        return ()
    files = current_files(book)
    has_chapters = "epub" in files and chapters_of(files["epub"].facts)
    has_pages = "pdf" in files and files["pdf"].facts.get("pages")
    return (
        *(("sample_chapters",) if has_chapters else ()),
        *(("sample_pages",) if has_pages else ()),
    )


def pick_sample(book: Ebook, form: Any) -> None:
    """Have the sample made of what was picked anew; with nothing picked any more it closes."""
    values, now = form.cleaned_data, clock.now()
    changed = [each for each in ("sample_chapters", "sample_pages") if each in form.changed_data]
    if not changed:
        return
    if "sample_chapters" in changed and values["sample_chapters"]:
        pick_chapters(book, values["sample_chapters"], now)
    elif "sample_pages" in changed and values["sample_pages"]:
        pick_pages(book, values["sample_pages"], now)
    elif picked(book) is not None:
        remove_sample(book)
