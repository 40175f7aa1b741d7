"""Giving: a product with all it includes, one part for good, and what is owed beside."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.contract import Source
from access.errors import BelongsElsewhere
from access.models import Access, Owed, PartGrant, SourceKind
from access.services.beginnings import first_dates
from access.services.granting.changes import record
from access.services.heirs import give_late
from access.services.inclusions import give_inside
from accounts.models import Customer
from products.models import Part, Price, Product
from products.services.sales import Terms, access_ends, begins_at
from stores.scope import current_store


@transaction.atomic
def grant(  # noqa: PLR0913 -- an access has this many facts
    customer: Customer,
    *,
    product: Product,
    source: Source,
    starts_at: datetime,
    now: datetime,
    ends_at: datetime | None = None,
    option: str = "",
    price: Price | None = None,
    terms: Terms | None = None,
    by: str = "",
    because: str = "",
) -> Access:
    """Give a customer access to a product from one source, or return what it gave before.

    What stands inside the product, or inside the ``price`` it was bought at, is given with it.
    Granting twice is granting once: an access that exists is returned as it is, also when it was
    revoked since, so a late replay of "paid" never undoes a refund; ``restore`` does that.
    What is bought or received before it opens waits for that moment, unless given by hand.
    """
    if customer.store_id != product.store_id:
        raise BelongsElsewhere(f"customer {customer.pk}, product {product.pk}")
    access, is_new = Access.objects.get_or_create(
        customer=customer,
        product_id=product.pk,
        source_kind=source.kind,
        source_id=source.id,
        defaults={
            **first_dates(product, source.kind, starts_at, ends_at, terms or price),
            "option": option,
            "price": price,
            "reason": because,
            "created_at": now,
        },
    )
    if is_new:
        record(access, "granted", now=now, by=by, because=because, before={})
        product.contract.on_granted([access])
        give_inside([access], now)
        if source.kind == SourceKind.GIFT:
            give_late(access, now)
    return access


@transaction.atomic
def grant_purchase(
    customer: Customer,
    *,
    price: Price,
    option: str,
    source: Source,
    now: datetime,
    because: str = "",
    terms: Terms | None = None,
    not_before: datetime | None = None,
) -> list[Access]:
    """Give what a purchase at ``price`` promises: its product and all it includes, each once.

    ``terms`` say how long, where they were written down earlier than now. Before a presale
    opens the access waits for that moment. ``not_before`` is the end of what they have of it.
    """
    product = price.product
    starts_at = max(begins_at(product, now), not_before or now)
    ends_at = access_ends(terms or price, starts_at, current_store().zone)
    access = grant(
        customer,
        product=product,
        source=source,
        starts_at=starts_at,
        ends_at=ends_at,
        option=option,
        price=price,
        terms=terms,
        now=now,
        because=because,
    )
    return [access, *below(access)]


def below(access: Access) -> list[Access]:
    """Return what an access gave and has not lost, however deep."""
    found: list[Access] = []
    level = [access]
    while level:
        children = Access.objects.standing().filter(parent__in=level, left_plan_at=None)
        level = list(children.select_related("product").order_by("pk"))
        found += level
    return found


@transaction.atomic
def grant_part(
    customer: Customer, part: Part, *, source: Source, now: datetime, because: str = ""
) -> PartGrant:
    """Give a customer one part for good, once per source."""
    if customer.store_id != part.store_id:
        raise BelongsElsewhere(f"customer {customer.pk}, part {part.pk}")
    given: PartGrant = PartGrant.objects.get_or_create(
        customer=customer,
        part=part,
        source_kind=source.kind,
        source_id=source.id,
        defaults={"reason": because, "granted_at": now},
    )[0]
    return given


def owe(access: Access, amount: int, unit: str, because: str) -> Owed:
    """Write down what is owed to whoever holds this access, once per cause."""
    owed: Owed = Owed.objects.get_or_create(
        access=access, because=because, defaults={"amount": amount, "unit": Owed.Unit(unit)}
    )[0]
    return owed
