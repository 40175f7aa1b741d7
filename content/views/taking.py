"""Taking along what one owns: each file, all of them as a zip, to a Kindle, to a computer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from access.contract import Viewer
from accounts.models import Customer
from content.errors import CannotSend
from content.forms.kindles import KindleForm
from content.models import StampedCopy
from content.services import kindles, zips
from content.services.computers import send_to_computer
from content.services.feeds import live_feeds
from content.services.files import pieces_of, tidy_name
from content.services.taking import Takeable, are_open, files_of, owned_products
from content.views.locked import OURS_ALONE
from content.views.making import making
from core import clock
from core.limits import Limit
from products.models import Product
from stores.contract import StoreRequest
from stores.models import Store
from stores.scope import current_store, store_scope

ZIPS = Limit("zips", 12, 3600)
REFUSALS = {
    "no_kindle": gettext_lazy("First write down your Kindle’s address."),
    "kind": gettext_lazy("A Kindle takes books, not this."),
    "large": gettext_lazy("This book is too large for a mail. Download it, and use Amazon’s page."),
    "often": gettext_lazy("That was often within a short time. Try again later."),
    "empty": gettext_lazy("There is nothing here that can be sent."),
}
STATES = {
    "waiting": gettext_lazy("on its way"),
    "sent": gettext_lazy("handed to Amazon; it lands within minutes"),
    "failed": gettext_lazy("refused by the mail server"),
    "dropped": gettext_lazy("not sent"),
}


@dataclass(frozen=True)
class Line:
    """One file on the page."""

    take: Takeable
    url: str
    size: int
    goes_to_kindle: bool

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return str(self.take.asset.get_kind_display())


@require_safe
def files(request: StoreRequest, product_id: str) -> HttpResponse:
    """List the files of a product that are open, with every way to take them along."""
    product, found = _owned(request, product_id)
    return _page(request, product, found, KindleForm(initial=_initial(request)))


@require_POST
def keep_kindle(request: StoreRequest, product_id: str) -> HttpResponse:
    """Keep the address of a customer's Kindle."""
    product, found = _owned(request, product_id)
    customer = _customer(request)
    form = KindleForm(request.POST)
    if not form.is_valid():
        return _page(request, product, found, form, status=422)
    kindles.save_kindle(customer, form.cleaned_data["address"], clock.now())
    said = _("The address is kept.") if form.cleaned_data["address"] else _("It is forgotten.")
    messages.success(request, said)
    return _back(product, "kindle")


@require_POST
def to_kindle(request: StoreRequest, product_id: str, asset_id: str) -> HttpResponse:
    """Mail one book to the customer's Kindle."""
    product, found = _owned(request, product_id)
    customer = _customer(request)
    asset = next((each.asset for each in found if each.asset.public_id == asset_id), None)
    if asset is None:
        raise Http404
    try:
        kindles.send_to_kindle(customer, asset, clock.now())
    except CannotSend as refused:
        messages.error(request, str(REFUSALS[refused.code]))
    else:
        messages.success(request, _("On its way to your Kindle."))
    return _back(product, "kindle")


@require_POST
def to_computer(request: StoreRequest, product_id: str) -> HttpResponse:
    """Mail the customer links to the files, for another device."""
    product, found = _owned(request, product_id)
    customer = _customer(request)
    try:
        send_to_computer(customer, product, found, clock.now())
    except CannotSend as refused:
        messages.error(request, str(REFUSALS[refused.code]))
    else:
        words = _("A mail is on its way to %(address)s. Open it on the other device.")
        messages.success(request, words % {"address": customer.user.email})
    return _back(product, "")


@require_safe
def zipped(request: StoreRequest, product_id: str) -> HttpResponseBase:
    """Give all files of a product as one zip."""
    product, found = _owned(request, product_id)
    return _zip(request, found, name=product.title)


@require_safe
def everything(request: StoreRequest) -> HttpResponseBase:
    """Give every file of everything that is owned as one zip."""
    products = list(owned_products(request.viewer).order_by("title", "pk"))
    found = files_of(request.viewer, products, clock.now())
    if not found:
        raise Http404
    return _zip(request, found, name=current_store().name, in_folders=True)


def _zip(
    request: StoreRequest, found: list[Takeable], *, name: str, in_folders: bool = False
) -> HttpResponseBase:
    waiting = next((each for each in found if not each.is_ready), None)
    if waiting is not None and isinstance(waiting.given, StampedCopy):
        return making(request, waiting.asset.part, waiting.given)
    if request.method == "GET" and not ZIPS.hit(_who(request)):
        response = render(request, "content/too_often.html", status=429)
        response.headers["Retry-After"] = str(ZIPS.seconds)
        return response
    entries = entries_of(found, in_folders=in_folders)
    body = _watched(entries, found, current_store(), _settled(request.viewer))
    sent: Any = body if request.method == "GET" else ()
    answer = StreamingHttpResponse(sent, content_type="application/zip")
    answer.headers["Content-Length"] = str(zips.length_of(entries))
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=tidy_name(f"{name}.zip", "zip")
    )
    answer.headers["Cache-Control"] = OURS_ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def entries_of(found: list[Takeable], *, in_folders: bool) -> list[zips.Entry]:
    """Return what goes into a zip, in order; with folders where it is of several products."""
    names = zips.apart(_name_in_zip(each, in_folders=in_folders) for each in found)
    return [
        zips.Entry(
            name, each.given.size, each.given.changed_at, partial(pieces_of, each.given.name)
        )
        for name, each in zip(names, found, strict=True)
    ]


def _name_in_zip(each: Takeable, *, in_folders: bool) -> str:
    asset, part = each.asset, each.asset.part
    name = each.given.original_name
    if asset.is_audio and part.parent_id is not None:
        name = tidy_name(f"{part.position + 1:02} {part.title}.{asset.kind}", asset.kind)
    if not in_folders:
        return name
    folder = tidy_name(f"{part.product.title}.d", "d").removesuffix(".d")
    return f"{folder}/{name}"


def _watched(
    entries: list[zips.Entry], found: list[Takeable], store: Store, viewer: Viewer
) -> Iterator[bytes]:
    """Yield the zip; the gate is asked again for each file, in a scope of its own each time."""
    parts = {entry.name: each.asset.part_id for entry, each in zip(entries, found, strict=True)}

    def is_open(entry: zips.Entry) -> bool:
        with store_scope(store):
            return are_open(viewer, [parts[entry.name]], clock.now())

    return zips.stream(entries, is_open=is_open)


def _settled(viewer: Viewer) -> Viewer:
    """Return the viewer as it is now, not looked up again when the request is over."""
    return Viewer(viewer.customer, viewer.access_ids, viewer.keys, viewer.is_staff)


def _owned(request: StoreRequest, product_id: str) -> tuple[Product, list[Takeable]]:
    """Return a product and its files that are open; whoever has none of them learns nothing."""
    product = get_object_or_404(Product, public_id=product_id, deleted_at=None)
    found = files_of(request.viewer, [product], clock.now())
    if not found:
        raise Http404
    return product, found


def _customer(request: StoreRequest) -> Customer:
    if request.viewer.customer is None:
        raise Http404
    return request.viewer.customer


def _who(request: StoreRequest) -> str:
    viewer = request.viewer
    if viewer.customer is not None:
        return str(viewer.customer.pk)
    return f"guest:{sorted(viewer.access_ids)}:{sorted(key.part_id for key in viewer.keys)}"


def _initial(request: StoreRequest) -> dict[str, str]:
    customer = request.viewer.customer
    return {"address": kindles.kindle_of(customer)} if customer is not None else {}


def _page(
    request: StoreRequest,
    product: Product,
    found: list[Takeable],
    form: KindleForm,
    *,
    status: int = 200,
) -> HttpResponse:
    customer, now = request.viewer.customer, clock.now()
    context = {
        "product": product,
        "lines": [_line(each) for each in found],
        "has_book": any(each.asset.kind in kindles.KINDS for each in found),
        "has_audio": any(each.asset.is_audio for each in found),
        "zip_size": zips.length_of(entries_of(found, in_folders=False)),
        "is_customer": customer is not None,
        "form": form,
        "kindle": _initial(request).get("address", ""),
        "sender": kindles.sender_to_approve(),
        "sent": _sent(customer, now) if customer is not None else [],
        "has_feed": customer is not None and live_feeds(customer).filter(product=product).exists(),
    }
    response = render(request, "content/taking.html", context, status=status)
    response.headers["Cache-Control"] = OURS_ALONE
    return response


def _line(each: Takeable) -> Line:
    asset = each.asset
    return Line(
        take=each,
        url=reverse("content:file", args=[asset.public_id, asset.original_name]),
        size=each.given.size or asset.size,
        goes_to_kindle=asset.kind in kindles.KINDS and kindles.fits(asset.size),
    )


def _sent(customer: Customer, now: datetime) -> list[dict[str, Any]]:
    return [
        {"title": each.title, "state": STATES[each.state], "at": each.at}
        for each in kindles.sent_to_kindle(customer)
    ]


def _back(product: Product, where: str) -> HttpResponse:
    url = reverse("content:taking", args=[product.public_id])
    return redirect(f"{url}#{where}" if where else url)
