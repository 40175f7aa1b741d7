"""The table of members: who has what, since when, what they pay and when next.

Its columns are those a file of people may have, so what leaves here moves in elsewhere as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from access.models import Access
from access.rules import tenure
from access.services.paid_time import paid_time
from accounts.models import Consent
from core import clock, money
from payments.models import MoveInRow, RenewHere, Subscription
from payments.services.moving_in.fields import FIELDS
from products.models import Price, Product
from stores.scope import current_store
from stores.slots import Table

if TYPE_CHECKING:
    from stores.slots import Text

BATCH = 500
LIFETIME = "lifetime"


def head() -> Sequence[Text]:
    """Return the columns."""
    return tuple(str(field.label) for field in FIELDS)


def rows() -> Iterator[Sequence[object]]:
    """Return a line for each person and product that is open, or will be when it opens."""
    now = clock.now()
    held = Access.objects.held(now).filter(parent=None, customer__erased_at=None)
    pks = list(held.order_by("pk").values_list("pk", flat=True))
    names = _called()
    done: set[tuple[int, int]] = set()
    for start in range(0, len(pks), BATCH):
        batch = list(
            Access.objects.filter(pk__in=pks[start : start + BATCH])
            .select_related("customer__user", "product", "price")
            .prefetch_related("paid_spans", "span_cuts")
            .order_by("pk")
        )
        yield from _lines(batch, names, done, now)


def _lines(
    batch: Sequence[Access],
    names: dict[int, str],
    done: set[tuple[int, int]],
    now: datetime,
) -> Iterator[Sequence[object]]:
    people = {access.customer_id for access in batch}
    subscriptions = _by_pair(people)
    consents = {
        row.customer_id: row
        for row in Consent.objects.filter(customer__in=people, withdrawn_at=None, purpose="news")
    }
    phones = dict(
        MoveInRow.objects.filter(customer__in=people)
        .exclude(phone="")
        .order_by("pk")
        .values_list("customer", "phone")
    )
    letters = {
        row.access_id: row for row in RenewHere.objects.filter(access__in=batch).order_by("pk")
    }
    spans = paid_time(batch, now)
    zone = current_store().zone
    for access in batch:
        pair = (access.customer_id, access.product_id)
        if pair in done:
            continue
        done.add(pair)
        price, next_charge = _pays(access, subscriptions.get(pair), letters.get(access.pk))

        months: object = ""
        if next_charge is not None:
            months = tenure(spans[access.pk], (), "month", zone, next_charge)
        consent = consents.get(access.customer_id)
        since = clock.local_day(access.starts_at, zone)
        yield _cells(
            access,
            product=names[access.product_id],
            phone=phones.get(access.customer_id, ""),
            since=since,
            months=months,
            price=price,
            next_charge=clock.local_day(next_charge, zone) if next_charge else None,
            consent=consent,
        )


def _cells(
    access: Access,
    *,
    product: str,
    phone: str,
    since: date,
    months: object,
    price: Price | None,
    next_charge: date | None,
    consent: Consent | None,
) -> Sequence[object]:
    zone = current_store().zone
    ends = next_charge or (clock.local_day(access.ends_at, zone) if access.ends_at else LIFETIME)
    return (
        access.customer.user.email,
        access.customer.name,
        phone,
        product,
        since,
        months,
        money.to_major(price.amount, price.currency) if price else "",
        price.currency if price else "",
        price.interval if price else "",
        ends,
        access.customer.language or current_store().language,
        "yes" if consent else "no",
        clock.local_day(consent.given_at, zone) if consent else "",
        consent.source if consent else "",
    )


def _pays(
    access: Access, subscription: Subscription | None, letter: RenewHere | None
) -> tuple[Price | None, datetime | None]:
    """Return what is paid for it and when next; nothing where nobody is charged again."""
    if subscription is not None and subscription.next_charge_at is not None:
        return subscription.price, subscription.next_charge_at
    if letter is not None:
        return letter.price, letter.charges_at
    moved = access.price is not None and access.price.is_moved_in
    if moved and access.paid_through is not None:
        return access.price, access.paid_through
    if subscription is not None and subscription.ends_at is not None:
        return None, subscription.ends_at
    return None, access.paid_through if access.ends_at else None


def _by_pair(people: set[int]) -> dict[tuple[int, int], Subscription]:
    found = Subscription.objects.standing().filter(customer__in=people).select_related("price")
    return {(row.customer_id, row.product_id): row for row in found.order_by("pk")}


def _called() -> dict[int, str]:
    """Return what each product is called in the table: its title, or its address where two share
    one."""
    same: dict[str, list[Product]] = defaultdict(list)
    for product in Product.objects.all():
        same[product.title.casefold()].append(product)
    return {
        each.pk: each.title if len(some) == 1 else (each.slug or each.public_id)
        for some in same.values()
        for each in some
    }


TABLE = Table(pgettext_lazy("a table", "members, to move them"), "sales", head, rows)
"""Also as a file to move in: see docs/moving-in.md."""
