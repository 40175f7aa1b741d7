"""Orders: the list, one order with its money, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock, money
from payments.admin.by_hand import ByHand
from payments.admin.deciding import ask_decision
from payments.admin.disputes import disputes_of
from payments.admin.giving_back import GivingBack
from payments.admin.moving import ask_move_order
from payments.admin.related import related_to
from payments.errors import PaymentError
from payments.models import Order, OrderLine, Refund
from payments.services.cancelling.noticing import is_cancellable
from payments.services.cancelling.showing import facts_of
from payments.services.deciding import questions
from payments.services.moving import MOVABLE
from payments.services.naming import what_of
from payments.services.providers import provider_of
from payments.services.refunding import accept_review, refundable
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of
from stores.admin.tables import TableOfList
from stores.models import Staff
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short

Status = Order.Status
TONES = {
    Status.PAID: "good",
    Status.REVIEW: "bad",
    Status.PENDING: "warn",
    Status.PARTLY_REFUNDED: "warn",
}


class OrderStateFilter(StateFilter):
    """Paid, waiting, given back and so on."""

    states = Status


class OrderAdmin(TableOfList, GivingBack, ByHand, ReadAdmin):
    """Orders."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Orders"), 1)
    empty = gettext_lazy("Every order stands here the moment it is placed.")
    search_fields = ("=number", "email", "name", "lines__title", "=redemption__coupon__code")
    list_filter = (OrderStateFilter,)
    ordering = ("-placed_at", "-id")
    change_form_template = "payments/admin/order.html"
    table_name = "orders.csv"

    def waiting(self, request: HttpRequest) -> int:
        """Count the orders that need a person."""
        asking = Refund.objects.filter(asks_line=True).values("payment__order")
        return int(Order.objects.in_review().count() + asking.distinct().count())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Return orders with what was in them."""
        found: QuerySet[Order] = super().get_queryset(request)
        return found.select_related("customer").prefetch_related("lines")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of what can be done with an order."""
        pages: Sequence[tuple[str, str, Callable[..., HttpResponse]]] = (
            ("<int:pk>/sync/", "sync", self.sync_view),
            ("<int:pk>/accept/", "accept", self.accept_view),
            ("<int:pk>/decide/<slug:what>/<slug:subject>/", "decide", self.decide_view),
            ("<int:pk>/move/", "move", self.move_view),
            *self.giving_back_pages(),
            *self.by_hand_pages(),
        )
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"payments_order_{name}")
                for route, name, view in pages
            ),
            *super().get_urls(),
        ]

    def title_of(self, item: Order) -> str:
        """Return an order by its number, as it is called on receipts."""
        return _("Order %(number)s") % {"number": item.number}

    def row(self, request: HttpRequest, item: Order) -> Row:
        """Return who ordered what, how it stands and for how much."""
        test = _(" (a test)") if item.is_test else ""
        return Row(
            name=f"{item.number} · {item.name or item.email}{test}",
            url=self.url_of(item),
            state=item.get_status_display(),
            tone=TONES.get(Status(item.status), ""),
            detail=what_of(item),
            number=item.total_in_words(),
            next_step=in_short(item.placed_at),
        )

    def table_header(self) -> list[object]:
        """Return the columns of the table of orders."""
        return [
            *(_("Number"), _("Placed on"), _("Paid on"), _("State"), _("Name"), _("Email")),
            *(_("Company"), _("Country"), _("What"), _("Total"), _("Currency"), _("A test")),
        ]

    def table_row(self, item: Order) -> list[object]:
        """Return one order as cells."""
        what = ", ".join(line.name for line in item.lines.all())
        return [
            *(item.number, item.placed_at, item.paid_at, item.get_status_display(), item.name),
            *(item.email, item.buyer_company, item.buyer_country, what),
            *(money.to_major(item.total, item.currency), item.currency, int(item.is_test)),
        ]

    def form_context(self, request: HttpRequest, item: Order | None) -> dict[str, Any]:
        """Return an order with its money and what needs deciding."""
        if item is None:
            return {}
        payments = item.payments.prefetch_related("refunds")
        refunds = [each for payment in payments for each in payment.refunds.all()]
        may_refund = staff_of(request).may_change(Area.REFUNDS)
        customer = item.customer
        return {
            "order": item,
            "order_total": item.total_in_words(),
            "lines": [(line, line_total(line, item)) for line in item.lines.all()],
            "payments": [(payment, payment.display()) for payment in payments],
            "refunds": [
                (each, each.display(), self.url_for("line", item.pk, each.public_id))
                for each in refunds
            ],
            "related": related_to(item),
            "questions": self.questions(item, may_refund=may_refund),
            "disputes": disputes_of(item),
            "review": _(item.review_reason) if item.review_reason else "",
            "may_refund": may_refund,
            "cancelling": facts_of(item, clock.now()),
            "customer_url": reverse("admin:accounts_customer_change", args=[customer.pk])
            if customer and staff_of(request).may_view(Area.CUSTOMERS)
            else "",
            "acts": self.ways(item, staff_of(request)),
        }

    def ways(self, item: Order, staff: Staff) -> list[tuple[Any, str]]:
        """Return what can be done with an order by this person."""
        ways: list[tuple[Any, str]] = self.by_hand_ways(item, staff)
        may_refund = staff.may_change(Area.REFUNDS)
        may_move = staff.may_change(Area.CUSTOMERS)
        if may_refund and refundable(item):
            ways.append((_("Give money back"), self.url_for("refund", item.pk)))
        if may_refund and item.status == Status.REVIEW:
            ways.append((_("Open it anyway"), self.url_for("accept", item.pk)))
        if staff.may_change(Area.SALES) and item.provider == Order.Provider.STRIPE:
            ways.append((_("Ask Stripe again"), self.url_for("sync", item.pk)))
        if may_move and is_cancellable(item):
            record = reverse("admin:payments_cancelnotice_record")
            ways.append((_("Cancelled by word"), f"{record}?order={item.public_id}"))
        if may_move and item.status in MOVABLE:
            ways.append((_("Move to another address"), self.url_for("move", item.pk)))
        if staff.may_view(Area.SALES) and any(line.is_posted for line in item.lines.all()):
            parcels = reverse("admin:shipping_parcel_changelist")
            ways.append((_("See its parcels"), f"{parcels}?q={item.number}"))
        return ways

    def found(self, request: HttpRequest, pk: int, *, area: Area) -> Order:
        """Return an order of this store, for who may change ``area``."""
        order: Order | None = self.get_queryset(request).filter(pk=pk).first()
        if order is None:
            raise Http404
        if not staff_of(request).may_change(area):
            raise PermissionDenied
        return order

    # -- moving, deciding and asking

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move an order and what it gave to another address."""
        order = self.found(request, pk, area=Area.CUSTOMERS)
        if order.status not in MOVABLE:
            raise Http404
        return ask_move_order(request, order, self.url_of(order))

    def questions(self, item: Order, *, may_refund: bool) -> list[tuple[str, str]]:
        """Return what is open about an order, and where it is decided."""
        return [
            (said, self.url_for("decide", item.pk, *key.split(":")) if may_refund else "")
            for key, said in questions(item).items()
        ]

    def decide_view(self, request: HttpRequest, pk: int, what: str, subject: str) -> HttpResponse:
        """Answer a question that only a person can answer."""
        order = self.found(request, pk, area=Area.REFUNDS)
        return ask_decision(request, order, f"{what}:{subject}", self.url_of(order))

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open an order whose payment did not match, after a person looked at it."""
        order = self.found(request, pk, area=Area.REFUNDS)
        if request.method == "POST" and order.status == Status.REVIEW:
            accept_review(order, now=clock.now())
            write(staff_of(request), log.CHANGE, order)
            messages.success(request, _("It is open, and the receipt is on its way."))
            return HttpResponseRedirect(self.url_of(order))
        in_review = order.status == Status.REVIEW
        effect = Effect(
            title=_("Open order %(number)s anyway?") % {"number": order.number},
            verb=_("Open it anyway"),
            sentences=[
                _(order.review_reason) if order.review_reason else "",
                _("What was ordered opens at once, and the customer gets the receipt."),
            ],
            back_url=self.url_of(order),
            blockers=[] if in_review else [_("There is nothing to decide about this order.")],
        )
        return confirm(request, effect)

    def sync_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask Stripe again how an order stands."""
        order = self.found(request, pk, area=Area.SALES)
        if order.provider != Order.Provider.STRIPE:
            raise Http404
        if request.method == "POST":
            self.ask_again(request, order)
            return HttpResponseRedirect(self.url_of(order))
        effect = Effect(
            title=_("Ask Stripe again about order %(number)s?") % {"number": order.number},
            verb=_("Ask Stripe again"),
            sentences=[_("What Stripe says counts: what is paid opens, what was returned closes.")],
            back_url=self.url_of(order),
        )
        return confirm(request, effect)

    def ask_again(self, request: HttpRequest, order: Order) -> None:
        """Make the order agree with Stripe, and say how that went."""
        try:
            provider_of(order).sync(order, clock.now())
        except PaymentError as error:
            messages.warning(request, str(error.sentence))
            return
        write(staff_of(request), log.SYNC, order)
        messages.success(request, _("Everything agrees with Stripe now."))


def line_total(line: OrderLine, order: Order) -> str:
    """Return what a line cost, in the page's language."""
    return money.display(line.total, order.currency)


site.register(Order, OrderAdmin)
