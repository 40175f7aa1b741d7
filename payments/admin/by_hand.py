"""What only a person can say of an order: money arrived, money was paid back, a test is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from payments.models import CancelNotice, Order, Refund
from payments.services.other_ways import RECEIVABLE, receive, returned
from payments.services.testing import end_test
from payments.services.waiting import release
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.models import Staff
from stores.roles import Area
from stores.services.log import write

Page = tuple[str, str, Callable[..., HttpResponse]]
Way = tuple[Any, str]


class ByHand:
    """Pages of an order for what no card company tells; a part of the orders' admin."""

    found: Callable[..., Order]
    url_of: Callable[..., str]
    url_for: Callable[..., str]

    def by_hand_pages(self) -> Sequence[Page]:
        """Return the pages' routes, names and views."""
        return (
            ("<int:pk>/received/", "received", self.received_view),
            ("<int:pk>/let-go/", "let_go", self.let_go_view),
            ("<int:pk>/refund/<slug:refund_id>/returned/", "returned", self.returned_view),
            ("<int:pk>/end-test/", "end_test", self.end_test_view),
        )

    def by_hand_ways(self, order: Order, staff: Staff) -> list[Way]:
        """Return what this person can say of this order now."""
        ways: list[Way] = []
        if staff.may_change(Area.SALES) and order.provider == Order.Provider.TRANSFER:
            if order.status in RECEIVABLE:
                ways.append((_("The money arrived"), self.url_for("received", order.pk)))
            if order.status == Order.Status.PENDING:
                ways.append((_("Wait no longer"), self.url_for("let_go", order.pk)))
        for refund in waiting_refunds(order) if staff.may_change(Area.REFUNDS) else ():
            said = _("I paid back %(amount)s") % {"amount": refund.display()}
            ways.append((said, self.url_for("returned", order.pk, refund.public_id)))
        is_running = order.is_test and order.status == Order.Status.PAID
        if is_running and staff.may_change(Area.PRODUCTS):
            ways.append((_("End the test"), self.url_for("end_test", order.pk)))
        return ways

    def received_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Record that the money of a waiting order arrived, and open it."""
        order = self.found(request, pk, area=Area.SALES)
        can_arrive = order.provider == Order.Provider.TRANSFER and order.status in RECEIVABLE
        if request.method == "POST" and can_arrive:
            receive(order, by=staff_of(request).name, now=clock.now())
            write(staff_of(request), log.CHANGE, order)
            messages.success(request, _("It is open, and the receipt is on its way."))
            return HttpResponseRedirect(self.url_of(order))
        words = {"total": order.display_total(), "name": order.name or order.email}
        effect = Effect(
            title=_("Did %(total)s arrive from %(name)s?") % words,
            verb=_("The money arrived"),
            sentences=[
                _("The whole sum, by %(way)s.") % {"way": order.way.name if order.way else ""},
                *_when_late(order),
                _("What was ordered opens at once, and the customer gets the receipt."),
            ],
            back_url=self.url_of(order),
            blockers=() if can_arrive else [_why_not(order)],
        )
        return confirm(request, effect)

    def let_go_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End the wait for an order's money before its day."""
        order = self.found(request, pk, area=Area.SALES)
        is_pending = order.status == Order.Status.PENDING
        is_waiting = is_pending and order.provider == Order.Provider.TRANSFER
        if request.method == "POST" and is_waiting:
            release(order, now=clock.now())
            write(staff_of(request), log.CHANGE, order)
            messages.success(request, _("The order is over. Nothing is kept for it any more."))
            return HttpResponseRedirect(self.url_of(order))
        effect = Effect(
            title=_("Wait no longer for order %(number)s?") % {"number": order.number},
            verb=_("Wait no longer"),
            sentences=[
                _("Its places and its coupon are free again, and the customer gets a mail."),
                _("Should the money come after all, you can still say so, and it opens."),
            ],
            back_url=self.url_of(order),
            blockers=() if is_waiting else [_why_not(order)],
        )
        return confirm(request, effect)

    def returned_view(self, request: HttpRequest, pk: int, refund_id: str) -> HttpResponse:
        """Record that money was paid back by hand."""
        order = self.found(request, pk, area=Area.REFUNDS)
        refunds = Refund.objects.filter(payment__order=order, public_id=refund_id)
        refund = refunds.select_related("payment").first()
        if refund is None:
            raise Http404
        is_waiting = refund in waiting_refunds(order)
        if request.method == "POST" and is_waiting:
            returned(refund, now=clock.now())
            write(staff_of(request), log.REFUND, order)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.url_of(order))
        words = {"amount": refund.display(), "name": order.name or order.email}
        effect = Effect(
            title=_("Have you paid %(amount)s back to %(name)s?") % words,
            verb=_("I paid it back"),
            sentences=[_("The customer was told that it is on its way.")],
            back_url=self.url_of(order),
            blockers=() if is_waiting else [_("There is nothing to decide about this order.")],
        )
        return confirm(request, effect)

    def end_test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close what a test order opened."""
        order = self.found(request, pk, area=Area.PRODUCTS)
        sees_orders = staff_of(request).may_view(Area.SALES)
        back_url = self.url_of(order) if sees_orders else reverse("admin:index")
        is_running = order.is_test and order.status == Order.Status.PAID
        if request.method == "POST" and is_running:
            end_test(order, now=clock.now())
            messages.success(request, _("The test is over. What it opened is closed."))
            return HttpResponseRedirect(back_url)
        effect = Effect(
            title=_("End this test?"),
            verb=_("End the test"),
            sentences=[_("What it opened for you closes. Nothing was paid, so nothing goes back.")],
            back_url=back_url,
            blockers=() if is_running else [_("There is nothing to decide about this order.")],
        )
        return confirm(request, effect)


def _why_not(order: Order) -> str:
    if order.provider == Order.Provider.TRANSFER and order.is_paid:
        return _("It was said already that the money arrived. The order is open.")
    return _("There is nothing to decide about this order.")


def _when_late(order: Order) -> list[str]:
    """Return what to know before money is taken for an order that ended without it."""
    if CancelNotice.objects.filter(order=order, state=CancelNotice.State.DONE).exists():
        return [_("The customer cancelled it before it was paid. Ask whether they still want it.")]
    if order.status != Order.Status.PENDING:
        return [_("The order ended unpaid, so its place may have gone to somebody else meanwhile.")]
    return []


def waiting_refunds(order: Order) -> list[Refund]:
    """Return the refunds of an order that somebody must pay back by hand."""
    found = Refund.objects.filter(payment__order=order, payment__provider=Order.Provider.TRANSFER)
    return list(found.filter(state=Refund.State.PENDING))
