"""Undo of a product's move from state to state: for ten minutes it goes back where it stood."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from core import clock
from products.errors import CannotPublish
from products.models import Product
from products.services.catalogue import publish, set_status
from products.services.sales import sold_counts
from stores.admin import log
from stores.admin.site import staff_of
from stores.services.log import write
from stores.services.undoing import UNDO_LASTS

State = Product.Status
SALT = "products.move"


def undo_url(product: Product, before: str, now: datetime) -> str:
    """Return where a product that has just moved is put back, signed, so that nothing is kept."""
    which = signing.dumps([product.pk, before, product.status, now.isoformat()], salt=SALT)
    there = reverse("admin:products_product_put_back", args=[product.pk])
    return f"{there}?{urlencode({'which': which})}"


class PutBackView:
    """The address that the Undo of a message leads to."""

    def put_back_urls(self: Any) -> list[URLPattern]:
        """Return its address."""
        view = self.admin_site.admin_view(self.put_back_view)
        return [path("<int:pk>/put-back/", view, name="products_product_put_back")]

    def put_back_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Put a product back where it stood, on POST; what cannot be is said in a sentence."""
        product: Product = self.changeable(request, pk)
        here = HttpResponseRedirect(self.url_of(product))
        if request.method != "POST":
            return here
        before, why_not = stood_before(product, request.GET.get("which", ""), clock.now())
        if not why_not:
            try:
                put_back(product, before, clock.now())
            except CannotPublish as error:
                why_not = " ".join(error.sentences)
        if why_not:
            messages.error(request, why_not)
            return here
        write(staff_of(request), log.RESTORE, product)
        messages.success(request, _("It is as it was."))
        return here


def stood_before(product: Product, which: str, now: datetime) -> tuple[str, str]:
    """Return the state to put a product back into, or why that cannot be."""
    try:
        pk, before, after, at = signing.loads(which, salt=SALT)
    except signing.BadSignature:
        return "", _("It can no longer be undone.")
    is_over = now >= datetime.fromisoformat(at) + UNDO_LASTS
    if pk != product.pk or is_over or product.status != after:
        return "", _("It can no longer be undone.")
    if before == State.DRAFT and sold_counts([product]).get(product.pk, 0):
        return "", _("Somebody has bought it meanwhile. You can close it for now.")
    return before, ""


def put_back(product: Product, before: str, now: datetime) -> Product:
    """Move a product to where it stood; CannotPublish when something is missing by now."""
    if before in {State.PUBLISHED, State.HIDDEN}:
        return publish(product, now, status=before)
    return set_status(product, before)
