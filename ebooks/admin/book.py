"""An ebook in the store's admin: one form, its files judged before anything is written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.admin import RecordingViews, UploadViews
from content.forms.uploads import Arrived
from content.models import Edition
from content.services import discussion
from content.services.editions.making import prepare
from content.services.judge.reasons import Refused
from content.services.stamping.line import example_of
from content.services.uploads.keeping import let_go
from core import clock
from core.paper import apart
from ebooks.admin.covers import CoverViews
from ebooks.admin.editions import BookEditions
from ebooks.admin.first import FirstBook
from ebooks.admin.found import (
    SLOT_NAMES,
    arrived_of,
    judged_of,
    said,
    say_moved,
    say_refusals,
    warnings_about,
)
from ebooks.admin.numbers import NumberViews
from ebooks.admin.samples import pick_sample, sample_fields
from ebooks.forms import FILE_FIELDS, NEW_EDITION, EbookForm
from ebooks.forms.samples import notes_of
from ebooks.models import Ebook
from ebooks.services.advice import advice_for
from ebooks.services.covers import take_own
from ebooks.services.files import (
    SAMPLE,
    Judged,
    add_file,
    current_files,
    judged,
    name_parts,
    remove_sample,
)
from ebooks.services.samples import picked, retell
from products.admin import FormatAdmin
from products.admin.prices import PriceInline
from products.admin.workspace import CONTENT, OVERVIEW, PAGE, side_of
from products.models import Product
from products.services.covers import cover_of
from shipping.services.parcels import move_day
from stores.admin import site


class EbookAdmin(
    FirstBook, BookEditions, RecordingViews, NumberViews, CoverViews, UploadViews, FormatAdmin
):
    """The form of an ebook."""

    form = EbookForm
    add_title = gettext_lazy("A new ebook")
    own_fields = ("epub_file", "pdf_file")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer to take the sample away only where there is one."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and side_of(request):
            return fieldsets
        (no_name, first), (name, more) = fieldsets
        picks, own = self.content_beside(obj)
        if obj is None:  # it begins with the manuscript, which knows the rest
            names = [name for name in first["fields"] if name not in self.own_fields]
            first = first | {"fields": (*self.own_fields, *names)}
        return (
            (no_name, first | {"fields": (*first["fields"], *picks)}),
            (name, more | {"fields": (*own, *self.message_fields(obj), *more["fields"])}),
        )

    def content_beside(self, obj: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the fields beside the two files: how a sample is picked, and the rest."""
        has_sample = obj is not None and obj.parts.published().previews().exists()
        own = (
            "sample_file",
            *(("no_sample",) if has_sample else ()),
            "stamps_files",
            "pages",
            *("sells_print", "print_stock", "print_on"),
        )
        picks = sample_fields(obj)
        if obj is not None and obj.editions.exists():
            picks = ("brings", *picks)
        return picks, own

    def content_fields(self, request: HttpRequest, item: Product) -> tuple[Any, Any]:
        """Return the files, what a replacement is, and how a sample is picked."""
        picks, own = self.content_beside(Ebook.objects.get(pk=item.pk))
        return (*self.own_fields, *picks), own

    def message_fields(self, item: Product | None) -> tuple[str, ...]:
        """Return whether those who have it may talk about it."""
        return ("talks",)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Hand the form what was found in the uploads."""
        own = {"judged": judged_of(request), "sent_by": self.sender(request)}
        kwargs["form"] = type("JudgedEbookForm", (EbookForm,), own)
        return super().get_form(request, obj, **kwargs)

    def form_context(self, request: HttpRequest, item: Product | None) -> dict[str, Any]:
        """Say how the sample stands, besides what is said of every product."""
        context = super().form_context(request, item)
        if item is None:
            return context
        if side_of(request) != CONTENT:
            return context
        book = Ebook.objects.get(pk=item.pk)
        is_draft = book.status == Product.Status.DRAFT
        notes = [
            *notes_of(picked(book), book.title),
            *(_stamped_in_words(book) if is_draft else ()),
        ]
        return context | {"notes": notes}

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Say beside the prices what is known of a book like this one."""
        found: list[Any] = super().get_inline_instances(request, obj)
        for each in found:
            if isinstance(each, PriceInline) and isinstance(obj, Ebook):
                each.beside = " ".join(advice_for(obj))
        return found

    def acts_by_side(self, request: HttpRequest, item: Product) -> dict[str, list[tuple[Any, str]]]:
        """Add covers to choose from, and both looks of a buyer."""
        found = super().acts_by_side(request, item)
        address = item.slug or item.public_id
        own = [(_("See its page as a buyer"), reverse("storefront:product", args=[address]))]
        files = current_files(item)
        book = files.get("epub") or files.get("pdf")
        if book is not None:
            read = reverse("content:read", args=[book.part.public_id])
            own.append((_("Read it as a buyer"), read))
        found[OVERVIEW] = [*own, *found.get(OVERVIEW, [])]
        if self.has_change_permission(request, item):
            found[PAGE] = [(_("Choose a drawn cover"), self.url_for("cover", item.pk))]
        return found

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Judge uploads before the form's transaction: that takes seconds, and a lock may not."""
        files = request.FILES
        uploads: dict[str, Any] = {
            slot: files[name] for name, slot in FILE_FIELDS.items() if name in files
        }
        arrived = arrived_of(request)
        if not (uploads or arrived) or not self.has_change_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        with judged(uploads, arrived, stamps="stamps_files" in request.POST) as found:
            request.judged = found  # type: ignore[attr-defined]  # read by judged_of
            response: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
            self.take_own_cover(request, found)
        return response

    def take_own_cover(self, request: HttpRequest, found: Judged) -> None:
        """Give a book that has no cover the one in its file, after the form's transaction."""
        book: Ebook | None = getattr(request, "saved_book", None)
        if book is None or "epub" not in found.taken or hasattr(request, "new_cover"):
            return
        book.refresh_from_db()
        if cover_of(book) is None:
            take_own(book)

    def take_cover(self, request: HttpRequest, product: Product, upload: Any) -> None:
        """Make the cover; a picture that came in parts has served then."""
        super().take_cover(request, product, upload)
        if isinstance(upload, Arrived):
            let_go(upload.row)

    def save_model(self, request: HttpRequest, obj: Ebook, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save the book, then keep its files; each refusal and warning is said in a sentence."""
        super().save_model(request, obj, form, change)
        found, now = judged_of(request), clock.now()
        is_edition = form.cleaned_data.get("brings") == NEW_EDITION and set(found.taken) - {SAMPLE}
        edition = prepare(obj, now) if is_edition else None
        request.edition = edition  # type: ignore[attr-defined]  # read when it was saved
        if change and "print_on" in form.changed_data:
            say_moved(request, move_day(obj.pk, obj.print_on, now=now))
        for slot, verdict in found.taken.items():
            upload = found.arrived.get(slot)
            try:
                add_file(
                    obj,
                    slot,
                    verdict,
                    name=found.names[slot],
                    now=now,
                    upload=upload,
                    edition=edition,
                )
            except Refused as gone:
                found.refused[slot] = gone
                continue
            for warning in warnings_about(slot, verdict):
                messages.warning(request, f"{SLOT_NAMES[slot]}: {said(warning)}")
        if form.cleaned_data.get("no_sample") and "sample" not in found.taken:
            remove_sample(obj)
        elif "sample" not in found.taken:
            pick_sample(obj, form)
        name_parts(obj)
        if "talks" in form.changed_data:
            discussion.set_state(obj, form.cleaned_data["talks"])
        if change and {"title", "slug"} & set(form.changed_data):
            retell(obj, now)
        request.saved_book = obj  # type: ignore[attr-defined]  # read by take_own_cover
        say_refusals(request, found)

    def saved(self, request: HttpRequest, item: Any) -> HttpResponse:
        """Go on to what is new in an edition whose files came just now."""
        edition: Edition | None = getattr(request, "edition", None)
        if edition is None:
            return super().saved(request, item)
        messages.success(request, _("Kept. Nobody sees the new files yet: say first what is new."))
        return HttpResponseRedirect(self.url_for("edition", item.pk, edition.pk))


def _stamped_in_words(book: Ebook) -> list[str]:
    """Say how a buyer's copy looks."""
    if not book.stamps_files or not current_files(book):
        return []
    words = _("A buyer's copy says at the foot of its pages: “%(line)s”")
    return [words % {"line": apart(example_of(book))}]


site.register(Ebook, EbookAdmin)
