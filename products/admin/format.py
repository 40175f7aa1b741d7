"""The base of a format's form: what all products share, prices inline, and the way on sale."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, money
from core.images import PictureRefusedError
from products.admin.drafts import DraftViews
from products.admin.first import FirstContent
from products.admin.lists import list_acts, people_on_lists
from products.admin.openings import opening_acts, opening_lines
from products.admin.plans import plan_and_advice
from products.admin.prices import PriceInline, PriceViews, put_inside
from products.admin.replacing import replacing_acts, replacing_lines
from products.admin.sharing import share_acts
from products.admin.states import TONES, StateViews
from products.admin.workspace import (
    CONTENT,
    MESSAGES,
    OVERVIEW,
    PEOPLE,
    PRICES,
    SETTINGS,
    WorkspaceViews,
    side_of,
)
from products.contract import ProductFormat, formats
from products.forms import ProductForm
from products.forms.sides import side_form
from products.models import Price, Product
from products.services import covers
from products.services.bundles import single_prices
from products.services.catalogue import blockers, create_product, keep_address
from products.services.sales import sold_by_price
from stores.admin import StoreModelAdmin, StoreStackedInline
from stores.admin.site import staff_of
from stores.roles import Area
from stores.scope import current_store
from stores.services.opening import touch


def format_of(model: type[models.Model]) -> ProductFormat:
    """Return the format whose products are rows of ``model``."""
    for each in formats:
        if each.model is model or (each.model is None and model is Product):
            return each
    raise LookupError(model)


class FormatAdmin(WorkspaceViews, StateViews, PriceViews, DraftViews, StoreModelAdmin):
    """The form of one format; a format derives from it, and adds its own fields and tabs."""

    area = Area.PRODUCTS
    form = ProductForm
    inlines: ClassVar[Sequence[type[StoreStackedInline]]] = (PriceInline,)
    own_fields: ClassVar[tuple[str, ...]] = ()
    """The format's own fields, before "more": with the shared five, seven at most."""
    own_more: ClassVar[tuple[str, ...]] = ()
    """The format's own fields under "more"."""
    inside_more: ClassVar[tuple[str, ...]] = ("inside",)
    """What comes with the product stands under "more", unless it is nothing else."""
    search_fields = ("title", "tagline")
    add_title: Any = ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return at most seven fields, and the rest under "more"."""
        if obj is not None and side_of(request):
            return self.side_fieldsets(request, obj)
        first = ("title", "result", "tagline", "description", "cover_file", *self.own_fields)
        shown = ("maker", "keeps", "questions_text", "language", "translation_of", "slug")
        more = (*self.own_more, *self.inside_more, *shown)
        return (
            (None, {"fields": first}),
            (_("More"), {"classes": ("more",), "fields": more}),
        )

    def side_fieldsets(self, request: HttpRequest, obj: Product) -> Any:
        """Return the fields of the side asked for; none at all where it has only its prices."""
        first, more = self.fields_of(request, obj, side_of(request))
        shown = [(None, {"fields": first})] if first else []
        return (*shown, *([(_("More"), {"classes": ("more",), "fields": more})] if more else []))

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the whole form, or the fields of the side that is asked for."""
        if obj is None or not side_of(request):
            return super().get_form(request, obj, **kwargs)
        kwargs["fields"] = kwargs.get("form", self.form)._meta.fields
        form = super().get_form(request, obj, **kwargs)
        return side_form(form, flatten_fieldsets(self.get_fieldsets(request, obj)))

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the prices, on their own side and in the whole form."""
        found: list[Any] = super().get_inline_instances(request, obj)
        if obj is not None and side_of(request) not in {"", PRICES}:
            return [each for each in found if not isinstance(each, PriceInline)]
        return found

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add a page for each act that moves the product to another state."""
        return [
            *(
                path(
                    f"<int:pk>/{act.key}/",
                    self.admin_site.admin_view(self.state_view),
                    {"key": act.key},
                    name=f"{self.opts.app_label}_{self.opts.model_name}_{act.key}",
                )
                for act in self.state_acts
            ),
            *(path(f"<int:pk>/{end}", view, name=name) for end, view, name in self._own_pages()),
            *self.workspace_urls(),
            *super().get_urls(),
        ]

    def _own_pages(self) -> list[tuple[str, Any, str]]:
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            ("copy/", view(self.copy_view), f"{name}_copy"),
            (
                "prices/<int:price_pk>/instead/",
                view(self.instead_view),
                f"{name}_instead",
            ),
        ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the products that were not deleted."""
        found: models.QuerySet[Any] = super().get_queryset(request)
        return found.filter(deleted_at=None)

    def first_content(self, product: Product) -> FirstContent | None:
        """Return how the first of what it sells is put in from Today; None: by this form."""
        return None

    def acts(self, request: HttpRequest, item: Product | None) -> list[tuple[Any, str]]:
        """Return what can be done on the side asked for."""
        if item is None:
            return []
        return self.acts_by_side(request, item).get(side_of(request) or SETTINGS, [])

    def acts_by_side(self, request: HttpRequest, item: Product) -> dict[str, list[tuple[Any, str]]]:
        """Return what can be done with a product, each on the side where it is looked for."""
        if not self.has_change_permission(request, item):
            return {}
        back = replacing_acts(item)
        states = self.state_links(item)
        return {
            OVERVIEW: [*share_acts(item), *back],
            PEOPLE: list(list_acts(item)),
            SETTINGS: [*opening_acts(item), *states, *back, *self.draft_acts(item)],
        }

    def may_save(self, request: HttpRequest, item: Any) -> bool:
        """A side without a field has nothing to save."""
        if not super().may_save(request, item):
            return False
        return item is None or side_of(request) != MESSAGES or bool(self.message_fields(item))

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """Return to the one list of products."""
        return reverse("admin:products_product_changelist")

    def form_context(self, request: HttpRequest, item: Product | None) -> dict[str, Any]:
        """Say where the product stands, and what is missing before it can be sold."""
        if item is None:
            return {}
        is_draft = item.status == Product.Status.DRAFT
        missing = self.missing_at(item) if is_draft else []
        may_change = self.has_change_permission(request)
        return {
            "product": item,
            "state": item.get_status_display(),
            "tone": TONES.get(Product.Status(item.status), ""),
            "missing": missing,
            "may_change": may_change,
            "page_url": page_url(item),
            "publish_url": self.url_for("publish", item.pk)
            if may_change and is_draft and not missing
            else "",
            "worth": worth_in_words(item) if side_of(request) in {OVERVIEW, PRICES} else "",
            "opening_lines": [*replacing_lines(item), *opening_lines(item)],
            "on_list": people_on_lists(item, staff_of(request)),
            **plan_and_advice(item),
            "prices_said": prices_in_words(item),
            "prices_url": self.side_url(item, PRICES),
            "links": self.message_links(request, item) if side_of(request) == MESSAGES else (),
        }

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how the product stands; what is posted here is still the whole form."""
        if request.method == "POST":
            response: HttpResponse = super().change_view(
                request, object_id, form_url, extra_context
            )
            return response
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_view_permission(request, item):
            raise PermissionDenied
        return self.overview(request, item)

    def missing_at(self, item: Product) -> list[tuple[str, str]]:
        """Return what keeps a product from being sold, each with the place that mends it."""
        has_price = item.prices.filter(is_active=True).exists()
        sentences = blockers(item)
        last = len(sentences) - 1
        return [
            (
                said,
                self.side_url(item, PRICES if number == last and not has_price else CONTENT),
            )
            for number, said in enumerate(sentences)
        ]

    change_form_template = "products/admin/form.html"

    # -- saving: the catalogue's services write, the form only says what

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Save the form, then its cover: a picture takes seconds no other writer should wait."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if hasattr(request, "new_cover"):
            self.take_cover(request, *request.new_cover)
        return response

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Make the product through the catalogue, or save what changed; then its cover."""
        if change:
            super().save_model(request, obj, form, change)
            keep_address(obj, str(form.initial.get("slug") or ""))
        else:
            fields = {name: getattr(obj, name) for name in self.made_with(form)}
            fields["questions"] = obj.questions
            made = create_product(self.format_key, now=clock.now(), **fields)
            obj.__dict__.update(made.__dict__)
        if form.cleaned_data.get("cover_file") is not None:
            request.new_cover = (obj, form.cleaned_data["cover_file"])  # type: ignore[attr-defined]  # taken below
        touch(current_store())
        put_inside(request, obj, form, "inside")

    def made_with(self, form: Any) -> set[str]:
        """Return the names of the columns that a new product is made with."""
        columns = {column.name for column in self.opts.get_fields() if column.concrete}
        return (columns & set(form.cleaned_data)) | {"public_id"}

    @property
    def format_key(self) -> str:
        """The key of this admin's format."""
        return format_of(self.model).key

    def take_cover(self, request: HttpRequest, product: Product, upload: UploadedFile[Any]) -> None:
        """Keep a cover that came with the form; one that is no picture leaves the rest saved."""
        with tempfile.TemporaryDirectory(prefix="cover-") as room:
            here = Path(room) / "picture"
            with here.open("wb") as kept:
                for chunk in upload.chunks():
                    kept.write(chunk)
            try:
                covers.set_cover(product, here)
            except PictureRefusedError as refused:
                sentence = _("The cover was not taken: %(why)s Everything else was saved.")
                messages.error(request, sentence % {"why": refused.sentence})

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Write prices through the catalogue."""
        if formset.model is Price:
            self.save_prices(request, form.instance, formset)
        else:
            super().save_formset(request, form, formset, change)

    def saved(self, request: HttpRequest, item: Any) -> HttpResponse:
        """Say that it was saved; an arrow of a price leads back to the prices."""
        answer: HttpResponse = super().saved(request, item)
        key = side_of(request) or (PRICES if "_move_price" in request.POST else "")
        return HttpResponseRedirect(self.side_url(item, key)) if key else answer


def prices_in_words(product: Product) -> list[tuple[str, str]]:
    """Return what a product costs, price by price, and how often each was sold."""
    rows = list(product.prices.filter(is_active=True))
    sold = sold_by_price(rows)
    return [
        (row.in_words, ngettext("%(n)s sold", "%(n)s sold", sold[row.pk]) % {"n": sold[row.pk]})
        if sold.get(row.pk)
        else (row.in_words, "")
        for row in rows
    ]


def worth_in_words(product: Product) -> str:
    """Return what the things inside cost one by one, and what the bundle saves."""
    price = product.prices.filter(is_active=True, kind=Price.Kind.ONE_TIME).first()
    rows = product.inclusions.filter(price=None).select_related("included")
    currency = current_store().currency
    apart = sum(single_prices([row.included for row in rows], currency).values())
    if not apart:
        return ""
    words = {"apart": money.display(apart, currency)}
    if price is None or price.amount >= apart:
        return _("What comes with it costs %(apart)s one by one.") % words
    words |= {"price": price.display(), "less": money.display(apart - price.amount, currency)}
    return _("What is inside costs %(apart)s one by one, here %(price)s: %(less)s less.") % words


def page_url(product: Product) -> str:
    """Return the product's page in the shop, or nothing while it has none."""
    if not product.slug or product.status == Product.Status.DRAFT:
        return ""
    return reverse("storefront:product", args=[product.slug])
