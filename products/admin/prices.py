"""Prices in the store's admin: inside the product's form, moved, and replaced once sold."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import money
from products.contract import ProductFormat
from products.errors import BundleLoops
from products.forms import InsteadForm, PriceForm
from products.forms.pickers import pickable
from products.forms.prices import FIRST_FIELDS, MORE_FIELDS, RETURNING_FIELDS, SPREAD_FIELDS
from products.models import Inclusion, Price, Product
from products.rules import FIRST_MOST, like_shekels
from products.services.bundles import set_inside
from products.services.catalogue import add_price, change_price, move_price, offer_instead
from stores.admin import Effect, StoreStackedInline, confirm, log
from stores.admin.site import staff_of
from stores.roles import Area
from stores.scope import current_store
from stores.services.log import write
from stores.services.opening import touch


class PriceInline(StoreStackedInline):
    """The prices of a product, inside its form."""

    area = Area.PRODUCTS
    model = Price
    fk_name = "product"
    form = PriceForm
    template = "products/admin/prices.html"
    title = gettext_lazy("Prices")
    add_verb = gettext_lazy("Add a price")
    new_title = gettext_lazy("A new price")
    beside: str = ""
    """What a format knows of the price of this very product."""

    @property
    def lead(self) -> str:
        """Say what prices are, and what a first one is best."""
        said = _("One is enough. What was sold once keeps its amount for good.")
        return f"{said} {advice()} {self.beside}".strip()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what matters, and the rest under "more"; an option only where there are any."""
        of = format_named(self, obj)
        options = ("option",) if obj is not None and of.options(obj) else ()
        returning = RETURNING_FIELDS if has_kind(of, obj, Price.Kind.SUBSCRIPTION) else ()
        spread = SPREAD_FIELDS if has_kind(of, obj, Price.Kind.INSTALMENTS) else ()
        kind, amount, *rest = FIRST_FIELDS
        return (
            (None, {"fields": (kind, amount, *spread, *returning, *rest)}),
            (_("More"), {"classes": ("more",), "fields": (*options, *MORE_FIELDS)}),
        )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return a formset whose kinds of price are the format's."""
        stands = () if obj is None else Inclusion.objects.filter(bundle=obj.pk)
        named = {
            "product_format": format_named(self, obj),
            "product": obj,
            "others": pickable(but=obj, also=[row.included_id for row in stands]),
        }
        kwargs["form"] = type("FormatPriceForm", (PriceForm,), named)
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out what is kept for people who moved in: it is theirs as it is."""
        return super().get_queryset(request).filter(is_moved_in=False)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A product without a price begins with a row for one."""
        return 0 if obj is not None and obj.prices.exists() else 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A price nobody bought at may go."""
        return self.has_change_permission(request, obj)


def format_named(inline: Any, product: Product | None) -> ProductFormat:
    """Return the format whose prices are shown."""
    from products.admin.format import format_of  # the two modules need each other

    return product.contract if product is not None else format_of(inline.parent_model)


def has_kind(of: ProductFormat, product: Product | None, kind: str) -> bool:
    """Whether a price of this product may be of a kind, or one is already."""
    return kind in of.price_kinds or (
        product is not None and product.prices.filter(kind=kind).exists()
    )


def advice() -> str:
    """Return what is known of first prices, in one soft line."""
    currency = current_store().currency
    words = {"most": money.display(like_shekels(FIRST_MOST, currency), currency)}
    return (
        _(
            "A first product is best small, at up to %(most)s. Too low a price hurts too: it"
            " promises little."
        )
        % words
    )


class PriceViews:
    """What a product's form does with its prices."""

    def save_prices(self: Any, request: HttpRequest, product: Product, formset: Any) -> None:
        """Write prices through the catalogue: a sold one keeps its terms, whatever was posted."""
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for each in formset.forms:
            self.save_price(request, product, formset, each)
        self.move_as_asked(request, product)

    def save_price(
        self: Any, request: HttpRequest, product: Product, formset: Any, form: Any
    ) -> None:
        """Write one price of the form, and what it includes."""
        price = form.instance
        if form.cleaned_data.get("DELETE") and price.pk:
            if not price.is_frozen:
                price.delete()
                touch(current_store())
                formset.deleted_objects.append(price)
            return
        if not form.has_changed():
            return
        if price.pk:
            price = change_price(price, **form.terms())
            formset.changed_objects.append((price, form.changed_data))
        else:
            price = add_price(product, position=product.prices.count(), **form.terms())
            formset.new_objects.append(price)
        put_inside(request, product, form, "includes", price)

    def move_as_asked(self: Any, request: HttpRequest, product: Product) -> None:
        """Move a price one place when its arrow saved the form."""
        asked, _colon, way = request.POST.get("_move_price", "").partition(":")
        price = product.prices.filter(pk=asked).first() if asked.isdecimal() else None
        if price is not None:
            move_price(price, {"up": -1}.get(way, 1))

    def instead_view(self: Any, request: HttpRequest, pk: int, price_pk: int) -> HttpResponse:
        """Ask for the amount of a price in place of a sold one; offer it on POST."""
        product = self.get_object(request, str(pk))
        price = product and product.prices.filter(pk=price_pk).first()
        if price is None:
            raise Http404
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        form = InsteadForm(request.POST if request.method == "POST" else None, price=price)
        if request.method == "POST" and form.is_valid():
            made = offer_instead(price, **form.terms())
            write(staff_of(request), log.CHANGE, product, ["Prices"])
            messages.success(
                request,
                _("Now it costs %(price)s. The old price is off sale.") % {"price": made.display()},
            )
            return HttpResponseRedirect(self.url_for("prices", product.pk))
        effect = Effect(
            title=_("A new price instead of %(price)s") % {"price": price.display()},
            verb=_("Offer the new price"),
            sentences=(
                _("The new price is a copy of this one with another amount."),
                _("This one goes off sale. Whoever bought at it keeps all they bought."),
            ),
            back_url=self.url_for("prices", product.pk),
        )
        return confirm(request, effect, form)


def put_inside(
    request: HttpRequest,
    product: Product,
    form: BaseModelForm[Any],
    field: str,
    price: Price | None = None,
) -> None:
    """Make what was chosen stand inside a product or one of its prices, and say who hears of it."""
    if field not in form.changed_data:
        return
    try:
        with transaction.atomic():
            added = set_inside(product, form.cleaned_data[field], price=price)
    except BundleLoops as refused:
        messages.error(request, f"{refused.sentence} {_('Everything else was saved.')}")
        return
    if added and product.prices.exclude(sold_at=None).exists():
        titles = ", ".join(f"“{each.title}”" for each in added)
        sentence = _("Whoever bought it before gets %(titles)s in the next minutes, with a mail.")
        messages.info(request, sentence % {"titles": titles})
