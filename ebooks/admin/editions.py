"""The files of a book's editions, as the pages of editions ask for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from content.admin import EditionViews
from content.admin.editions import Files
from content.forms.uploads import UploadField
from content.models import Edition
from content.services.editions.making import edition_ahead
from content.services.judge.reasons import Refused
from core import clock
from ebooks.admin.found import SLOT_NAMES, arrived_of, judged_of, said, warnings_about
from ebooks.forms import FILE_FIELDS, EbookForm, in_words
from ebooks.models import Ebook
from ebooks.services.files import (
    add_file,
    judged,
)
from products.models import Product


class BookEditions(EditionViews):
    """Pages of editions, whose files are a book's."""

    def edition_files(self, product: Product) -> Mapping[str, UploadField]:
        """Return the fields of the book's files, each saying what waits in the new edition."""
        ahead = edition_ahead(product, clock.now())
        waits = {} if ahead is None else {each.part.kind: each for each in ahead.assets.all()}
        fields = {name: EbookForm.declared_fields[name] for name in ("epub_file", "pdf_file")}
        copies: dict[str, UploadField] = {name: deepcopy(each) for name, each in fields.items()}  # type: ignore[misc]  # both are uploads
        for name, copy in copies.items():
            asset = waits.get(FILE_FIELDS[name])
            copy.help_text = in_words(asset) if asset else _("Left empty, it stays as it is.")
        return copies

    @contextmanager
    def files_found(self, request: HttpRequest, product: Product) -> Iterator[Files]:
        """Judge what came for an edition, as for the book's own form."""
        book = Ebook.objects.get(pk=product.pk)
        uploads: dict[str, Any] = {
            slot: request.FILES[name] for name, slot in FILE_FIELDS.items() if name in request.FILES
        }
        arrived = arrived_of(request)
        with judged(uploads, arrived, stamps=book.stamps_files) as found:
            request.judged = found  # type: ignore[attr-defined]  # read by judged_of
            yield Files(
                {
                    name: found.taken[slot]
                    for name, slot in FILE_FIELDS.items()
                    if slot in found.taken
                },
                {
                    name: found.refused[slot]
                    for name, slot in FILE_FIELDS.items()
                    if slot in found.refused
                },
                {name for name, slot in FILE_FIELDS.items() if slot in arrived},
            )

    def keep_files(
        self, request: HttpRequest, product: Product, edition: Edition, now: datetime
    ) -> list[str]:
        """Keep what came in the edition; say what the judge warns of, and what is nothing new."""
        found, book, said_of = judged_of(request), Ebook.objects.get(pk=product.pk), []
        for slot, verdict in found.taken.items():
            upload, name = found.arrived.get(slot), found.names[slot]
            try:
                asset = add_file(
                    book, slot, verdict, name=name, now=now, upload=upload, edition=edition
                )
            except Refused as gone:
                said_of.append(f"{name}: {gone.sentence}")
                continue
            if asset.edition_id != edition.pk:
                said_of.append(_("%(name)s is the file the book has already.") % {"name": name})
            said_of += [
                f"{SLOT_NAMES[slot]}: {said(each)}" for each in warnings_about(slot, verdict)
            ]
        return said_of
