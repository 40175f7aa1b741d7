"""The first run: a book is put in from Today, by one file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import clock
from ebooks.admin.found import SLOT_NAMES, said, warnings_about
from ebooks.forms.first import FirstFileForm
from ebooks.models import Ebook
from ebooks.services.covers import take_own
from ebooks.services.files import Judged, add_file, judged, name_parts
from products.admin import FirstContent
from products.models import Product
from products.services.covers import cover_of

MINUTES = 10
PDF_BEGINS = b"%PDF-"


class FirstBook:
    """What a book's admin offers on Today."""

    def first_content(self: Any, product: Product) -> FirstContent:
        """Return the step that puts the book in; its cover comes along where the file has one."""

        def form(data: Any, files: Any) -> FirstFileForm:
            return FirstFileForm(data, files)

        def save(request: HttpRequest, form: FirstFileForm) -> str:
            upload = form.cleaned_data["book_file"]
            slot = "pdf" if upload.read(len(PDF_BEGINS)) == PDF_BEGINS else "epub"
            upload.seek(0)
            book = Ebook.objects.get(pk=product.pk)
            with judged({slot: upload}, stamps=book.stamps_files) as found:
                keep_first(request, book, form, found)
            return ""

        return FirstContent(_("Put the book in"), _("Put it in"), MINUTES, form, save)


def keep_first(request: HttpRequest, book: Ebook, form: FirstFileForm, found: Judged) -> None:
    """Keep the file of a book that came, or say at its field why it was refused."""
    for refused in found.refused.values():
        form.add_error("book_file", str(refused.sentence))
    for slot, verdict in found.taken.items():
        add_file(book, slot, verdict, name=found.names[slot], now=clock.now())
        for warning in warnings_about(slot, verdict):
            messages.warning(request, f"{SLOT_NAMES[slot]}: {said(warning)}")
    if found.taken:
        name_parts(book)
        if "epub" in found.taken and cover_of(book) is None:
            take_own(book)
