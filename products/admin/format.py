"""The base of a format's form: what all products share, prices inline, and the way on sale."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.images import PictureRefusedError
from products.admin.states import StateViews
from products.contract import ProductFormat, formats
from products.forms import PriceForm, ProductForm
from products.models import Price, Product
from products.services import covers
from products.services.catalogue import add_price, blockers, change_price, create_product
from stores.admin import StoreModelAdmin, StoreStackedInline
from stores.roles import Area
from stores.scope import current_store
from stores.services.opening import touch


class PriceInline(StoreStackedInline):
    """The prices of a product, inside its form."""

    area = Area.PRODUCTS
    model = Price
    fk_name = "product"
    form = PriceForm
    fields = ("kind", "amount_text", "label", "is_active")
    title = gettext_lazy("Prices")
    lead = gettext_lazy("One is enough. What was sold once keeps its amount for good.")
    add_verb = gettext_lazy("Add a price")
    new_title = gettext_lazy("A new price")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return a formset whose kinds of price are the format's."""
        named = {"product_format": format_of(self.parent_model)}
        kwargs["form"] = type("FormatPriceForm", (PriceForm,), named)
        return super().get_formset(request, obj, **kwargs)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A product without a price begins with a row for one."""
        return 0 if obj is not None and obj.prices.exists() else 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A price nobody bought at may go."""
        return self.has_change_permission(request, obj)


def format_of(model: type[models.Model]) -> ProductFormat:
    """Return the format whose products are rows of ``model``."""
    for each in formats:
        if each.model is model or (each.model is None and model is Product):
            return each
    raise LookupError(model)


class FormatAdmin(StateViews, StoreModelAdmin):
    """The form of one format; a format derives from it, and adds its own fields and tabs."""

    area = Area.PRODUCTS
    form = ProductForm
    inlines: ClassVar[Sequence[type[StoreStackedInline]]] = (PriceInline,)
    own_fields: ClassVar[tuple[str, ...]] = ()
    """The format's own fields, before "more": with the shared five, seven at most."""
    own_more: ClassVar[tuple[str, ...]] = ()
    """The format's own fields under "more"."""
    search_fields = ("title", "tagline")
    add_title: Any = ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return at most seven fields, and the rest under "more"."""
        first = ("title", "result", "tagline", "description", "cover_file", *self.own_fields)
        more = (*self.own_more, "maker", "keeps", "language", "slug")
        return (
            (None, {"fields": first}),
            (_("More"), {"classes": ("more",), "fields": more}),
        )

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
            *super().get_urls(),
        ]

    def tabs(self, request: HttpRequest, item: Product | None) -> Sequence[Any]:
        """Return the format's own tabs."""
        return item.contract.workspace(item) if item is not None else ()

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """Return to the one list of products."""
        return reverse("admin:products_product_changelist")

    def form_context(self, request: HttpRequest, item: Product | None) -> dict[str, Any]:
        """Say where the product stands, and what is missing before it can be sold."""
        if item is None:
            return {}
        return {
            "product": item,
            "state": item.get_status_display(),
            "missing": blockers(item) if item.status == Product.Status.DRAFT else [],
            "page_url": page_url(item),
            "may_publish": self.has_change_permission(request)
            and item.status == Product.Status.DRAFT,
            "publish_url": self.url_for("publish", item.pk),
        }

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
        else:
            fields = {name: getattr(obj, name) for name in self.made_with(form)}
            made = create_product(self.format_key, now=clock.now(), **fields)
            obj.__dict__.update(made.__dict__)
        if form.cleaned_data.get("cover_file") is not None:
            request.new_cover = (obj, form.cleaned_data["cover_file"])  # type: ignore[attr-defined]  # taken below
        touch(current_store())

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
        """Write prices through the catalogue: a sold one keeps its terms, whatever was posted."""
        if formset.model is not Price:
            super().save_formset(request, form, formset, change)
            return
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for each in formset.forms:
            self.save_price(form.instance, formset, each)

    def save_price(self, product: Product, formset: Any, form: PriceForm) -> None:
        """Write one price of the form."""
        price = form.instance
        if form.cleaned_data.get("DELETE") and price.pk:
            if not price.is_frozen:
                price.delete()
                touch(current_store())
                formset.deleted_objects.append(price)
        elif not form.has_changed():
            return
        elif price.pk:
            changed = change_price(price, **form.terms())
            formset.changed_objects.append((changed, form.changed_data))
        else:
            terms = form.terms()
            last = product.prices.count()
            made = add_price(product, position=last, **terms)
            formset.new_objects.append(made)


def page_url(product: Product) -> str:
    """Return the product's page in the shop, or nothing while it has none."""
    if not product.slug or product.status == Product.Status.DRAFT:
        return ""
    return reverse("storefront:product", args=[product.slug])
