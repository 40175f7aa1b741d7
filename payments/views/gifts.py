"""Gifts: the card behind a link, claiming it, and what its giver may still change."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.limits import Limit
from payments.errors import CannotGive
from payments.forms.gifts import GiftForm
from payments.models import Gift, Order, OrderLine
from payments.services import showing
from payments.services.gifts import claiming, timing
from payments.services.gifts.giving import change_gift, turn_into_gift
from payments.services.gifts.letters import link_of
from payments.services.quoting import has_already
from payments.services.subscriptions.wording import in_day
from payments.views.browser import may_see
from products.models import Price
from stores.contract import StoreRequest

CHANGES = Limit("gift-changed", times=6, seconds=24 * 3600)


@never_cache
@require_safe
def gift(request: StoreRequest, gift_id: str, key: str) -> HttpResponseBase:
    """Show who gives what, and the button that takes it; nothing is taken by looking."""
    found = _found(gift_id, key)
    return _page(request, found)


@never_cache
@require_POST
def claim(request: StoreRequest, gift_id: str, key: str) -> HttpResponseBase:
    """Take the gift into the account of who is signed in."""
    found = _found(gift_id, key)
    if not request.customer:
        return redirect(_sign_in(found))
    try:
        given = claiming.claim(found, request.customer, now=clock.now(), instead=_instead(request))
    except CannotGive as refused:
        return _page(request, _found(gift_id, key), trouble=str(refused.sentence), status=409)
    timing.move(_found(gift_id, key), clock.now())
    doors = showing.doors(given, clock.now())
    return redirect(doors[0].url if doors else reverse("storefront:shelf"))


@require_safe
def card(request: StoreRequest, gift_id: str, key: str) -> HttpResponseBase:
    """Show the card to print and hand over."""
    found = _found(gift_id, key)
    if found.withdrawn_at is not None:
        raise Http404
    link = link_of(found, found.line.order.language)
    context = {**_words(found), "link": link, "is_due": found.is_due(clock.now())}
    return render(request, "payments/gift_card.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StoreRequest, order_id: str) -> HttpResponseBase:
    """Let the giver change an unclaimed gift, or make one of what was not opened yet."""
    order = get_object_or_404(Order, public_id=order_id)
    if not (order.is_paid and may_see(request, order, clock.now())):
        raise Http404
    line = get_object_or_404(order.lines.select_related("product"), is_extra=False)
    found = Gift.objects.filter(line=line).first()
    initial = GiftForm.values_of(found) if found else {}
    typed = request.POST if request.method == "POST" else None
    form = GiftForm(typed, initial=initial, is_free=not order.total)
    status = 200
    if form.is_valid() and not CHANGES.hit(order.public_id):
        form.add_error(None, _("That was changed often today. Try again tomorrow."))
        status = 429
    elif form.is_valid():
        try:
            _save(line, found, form)
        except CannotGive as refused:
            form.add_error(None, str(refused.sentence))
            status = 409
        else:
            return redirect("payments:order", order_id)
    elif request.method == "POST":
        status = 422
    context = {"order": order, "line": line, "gift": found, "form": form}
    return render(request, "payments/gift_change.html", context, status=status)


def _save(line: OrderLine, found: Gift | None, form: GiftForm) -> None:
    wish = form.wish(name=line.order.name)
    if found is None:
        turn_into_gift(line, wish, now=clock.now())
    else:
        change_gift(found, wish, now=clock.now())


def _found(gift_id: str, key: str) -> Gift:
    found = claiming.find_gift(gift_id, key)
    if found is None:
        raise Http404
    return found


def _instead(request: StoreRequest) -> Price | None:
    wanted = request.POST.get("instead", "")
    if not wanted:
        return None
    found: Price | None = Price.objects.filter(public_id=wanted[:20]).first()
    if found is None:
        raise CannotGive(_("This cannot be taken instead. Choose something else."))
    return found


def _sign_in(found: Gift) -> str:
    here = reverse("payments:gift", args=[found.public_id, found.key])
    return f"{reverse('accounts:sign-in')}?{urlencode({'next': here})}"


def _page(
    request: StoreRequest, found: Gift, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    now = clock.now()
    customer = request.customer or None
    is_mine = customer is not None and found.claimed_by_id == customer.pk
    has_it = customer is not None and has_already(customer, found.line.product_id, now)
    after = claiming.comes_after(found, customer, now) if customer and has_it else None
    has_it = has_it and after is None
    asks = has_it and found.is_waiting and found.is_due(now)
    context = {
        **_words(found),
        "trouble": trouble,
        "is_mine": is_mine,
        "is_due": found.is_due(now),
        "has_it": has_it and not is_mine,
        "after": in_day(after) if after is not None and not is_mine else "",
        "choices": claiming.choices(found, customer, now) if asks and customer else [],
        "take_url": _sign_in(found),
        "shown": showing.shown(found.line.price, now),
    }
    return render(request, "payments/gift.html", context, status=status)


def _words(found: Gift) -> dict[str, Any]:
    return {"gift": found, "line": found.line, "product": found.line.product}
