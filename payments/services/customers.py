"""Customers as money knows them: found by order or card, by what they bought, their papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer
from payments.models import Coupon, Document, Order, Payment
from stores.models import Store
from stores.roles import Area
from stores.slots import CalendarItem, CustomerFilter, CustomerSearch, TimelineEntry

LARGEST_NUMBER = 2_147_483_647
FOUR = 4


def known_by(customers: Collection[int]) -> Iterator[tuple[int, str]]:
    """Return the names and addresses that stand on customers' orders."""
    mine = Order.objects.filter(customer__in=customers).order_by()
    for customer, *texts in mine.values_list("customer_id", "name", "email").distinct():
        for text in texts:
            yield customer, text


def numbered(words: str) -> QuerySet[Order, int | None]:
    """Return the ids of customers with this order number, or these last digits of a card."""
    said = words.strip().lstrip("#")
    is_number = said.isascii() and said.isdigit() and int(said[:12]) <= LARGEST_NUMBER
    wanted = Q(number=int(said)) if is_number else Q(pk__in=())
    if is_number and len(said) == FOUR:
        wanted |= Q(pk__in=Payment.objects.filter(card_last4=said).values("order_id"))
    return _customers(wanted)


def anywhere(words: str) -> QuerySet[Order, int | None]:
    """Return the ids of customers on whose orders stands this address, or this part of a name."""
    said = words.strip()
    return _customers(Q(email__iexact=said) | Q(name__icontains=said))


def _customers(wanted: Q) -> QuerySet[Order, int | None]:
    found = Order.objects.exclude(customer=None).filter(wanted).order_by()
    return found.values_list("customer_id", flat=True)


SEARCH = CustomerSearch(known_by, numbered, anywhere)


def _bought(choice: str, now: datetime) -> Any:
    if choice != "month":
        return None
    paid = Order.objects.paid().filter(is_test=False, paid_at__gte=now - timedelta(days=30))
    return paid.exclude(customer=None).values("customer_id")


BOUGHT = CustomerFilter(
    title=gettext_lazy("bought"),
    choices=lambda: [("month", gettext_lazy("In the last 30 days"))],
    among=_bought,
)


def documents_timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return the papers that were issued to each customer."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    papers = Document.objects.filter(order__customer__in=customers).select_related("order")
    for paper in papers:
        url = reverse("admin:payments_document_change", args=[paper.pk])
        sentence = _("Issued: %(paper)s") % {"paper": paper}
        entry = TimelineEntry(paper.issued_at, sentence, url, area=Area.SALES)
        found[by_id[paper.order.customer_id]].append(entry)
    return dict(found)


def calendar_items(store: Store, since: datetime, until: datetime) -> Sequence[CalendarItem]:
    """Return when coupons begin and end."""
    rows = Coupon.objects.filter(
        Q(starts_at__gte=since, starts_at__lt=until) | Q(ends_at__gte=since, ends_at__lt=until)
    )
    found = []
    for coupon in rows:
        url = reverse("admin:payments_coupon_change", args=[coupon.pk])
        for at, words in (
            (coupon.starts_at, _("Coupon %(code)s begins")),
            (coupon.ends_at, _("Coupon %(code)s ends")),
        ):
            if at is not None and since <= at < until:
                key = f"coupon:{coupon.pk}:{at:%Y%m%d%H%M}"
                sentence = words % {"code": coupon.code}
                found.append(CalendarItem(key, at, sentence, url, Area.SALES, _("coupon")))
    return found
