"""Taking back, within ten minutes, that another product takes the place of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from core import clock
from products.errors import CannotReplace
from products.models import Product, Replacement
from products.services.moments import in_words
from products.services.replacing import replacement_of, take_back
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write

if TYPE_CHECKING:
    from django.utils.functional import Promise


class ReplacingViews:
    """The page that takes a replacement back, of whatever format."""

    def replacing_urls(self: Any) -> list[URLPattern]:
        """Return the address of this page."""
        view = self.admin_site.admin_view(self.unreplace_view)
        return [path("<int:pk>/unreplace/", view, name="products_product_unreplace")]

    def unreplace_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before taking it back; take it back on POST."""
        product = self.changeable(request, pk)
        row = replacement_of(product)
        blockers: list[str] = []
        if row is None or not row.can_be_taken_back(clock.now()):
            blockers = [_("It can no longer be taken back. You can put it on sale again.")]
        elif request.method == "POST":
            try:
                take_back(product, clock.now())
            except CannotReplace as error:
                blockers = [error.sentence]
            else:
                write(staff_of(request), log.CHANGE, product)
                messages.success(request, _("It is as it was. Nobody was told."))
                return HttpResponseRedirect(self.url_of(product))
        effect = Effect(
            title=_("Sell “%(title)s” again, as if nothing had been?") % {"title": product.title},
            verb=_("Take it back"),
            sentences=[]
            if blockers
            else [_("It is sold as before, and nobody gets anything in its place.")],
            back_url=self.url_of(product),
            blockers=blockers,
        )
        return confirm(request, effect)


def replacing_acts(product: Product) -> list[tuple[str | Promise, str]]:
    """Offer to take a replacement back while nobody has got anything from it."""
    if product.status != Product.Status.RETIRED:
        return []
    row = replacement_of(product)
    if row is None or not row.can_be_taken_back(clock.now()):
        return []
    return [(_("Take it back"), reverse("admin:products_product_unreplace", args=[product.pk]))]


def replacing_lines(product: Product) -> list[str]:
    """Return who took a product's place and what its buyers get, as its form says it."""
    if product.status != Product.Status.RETIRED:
        return []
    row = replacement_of(product)
    if row is None:
        return []
    words = {"title": row.heir.title, "price": row.price.display() if row.price else ""}
    said = {
        Replacement.Owners.NOTHING: _("“%(title)s” took its place."),
        Replacement.Owners.FREE: _("“%(title)s” took its place; who bought this gets it free."),
        Replacement.Owners.PRICE: _(
            "“%(title)s” took its place; who bought this may have it for %(price)s."
        ),
    }[Replacement.Owners(row.owners)]
    lines = [said % words]
    if row.can_be_taken_back(clock.now()):
        when = {"when": in_words(row.starts_at)}
        lines.append(_("Until %(when)s you can take it back.") % when)
    return lines
