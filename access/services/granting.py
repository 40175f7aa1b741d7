"""Giving, changing and taking back access: set, never add, so a replay changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from access.contract import Source
from access.errors import BelongsElsewhere
from access.models import Access, AccessEvent, Owed, PaidSpan, PartGrant, SpanCut
from access.services.beginnings import first_dates
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
        _record(access, "granted", now=now, by=by, because=because, before={})
        product.contract.on_granted([access])
        give_inside([access], now)
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
) -> list[Access]:
    """Give what a purchase at ``price`` promises: its product and all it includes, each once.

    ``terms`` say how long, where they were written down earlier than now. Before a presale
    opens the access waits for that moment.
    """
    product = price.product
    starts_at = begins_at(product, now)
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
    return [access, *_below(access)]


def _below(access: Access) -> list[Access]:
    """Return what an access gave and has not lost, however deep."""
    found: list[Access] = []
    level = [access]
    while level:
        children = Access.objects.standing().filter(parent__in=level)
        level = list(children.select_related("product").order_by("pk"))
        found += level
    return found


@transaction.atomic
def revoke(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """Take an access back with all it gave (children, part grants of its source), only that."""
    changed = _change(access, "revoked", now=now, by=by, because=because, revoked_at=now)
    for child in access.children.filter(revoked_at=None):
        revoke(child, now=now, by=by, because=because)
    PartGrant.objects.filter(
        customer_id=access.customer_id,
        part__product_id=access.product_id,
        source_kind=access.source_kind,
        source_id=access.source_id,
        revoked_at=None,
    ).update(revoked_at=now)
    if changed:
        access.product.contract.on_revoked([access])
    return access


@transaction.atomic
def suspend(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """Put an access on hold: nothing opens and no paid time passes until it is restored."""
    _change(access, "suspended", now=now, by=by, because=because, suspended_at=now)
    for child in access.children.filter(suspended_at=None, revoked_at=None):
        suspend(child, now=now, by=by, because=because)
    return access


@transaction.atomic
def restore(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """End a hold, or undo a revocation whose refund failed; the time between does not count."""
    locked: Access = Access.objects.select_for_update().get(pk=access.pk)
    children = [
        child
        for child in access.children.all()
        if (child.suspended_at, child.revoked_at) != (None, None)
        and child.suspended_at == locked.suspended_at
        and child.revoked_at == locked.revoked_at
    ]
    away_since = locked.revoked_at or locked.suspended_at
    if away_since is not None:
        _cut(access, "hold", away_since, now)
        PartGrant.objects.filter(
            customer_id=access.customer_id,
            part__product_id=access.product_id,
            source_kind=access.source_kind,
            source_id=access.source_id,
            revoked_at=locked.revoked_at,
        ).update(revoked_at=None)
    if _change(
        access, "restored", now=now, by=by, because=because, suspended_at=None, revoked_at=None
    ):
        access.product.contract.on_granted([access])
    for child in children:
        restore(child, now=now, by=by, because=because)
    return access


@transaction.atomic
def pause(
    access: Access, *, until: datetime, now: datetime, by: str = "", because: str = ""
) -> Access:
    """Let an access rest from ``now`` until a date; rested time is not paid time that passed."""
    _end_rest(access, now)
    _change(access, "paused", now=now, by=by, because=because, paused_at=now, paused_until=until)
    for child in access.children.filter(revoked_at=None):
        pause(child, until=until, now=now, by=by, because=because)
    return access


@transaction.atomic
def resume(access: Access, *, now: datetime, by: str = "", because: str = "") -> Access:
    """Come back from a rest, early or not."""
    _end_rest(access, now)
    _change(access, "resumed", now=now, by=by, because=because, paused_at=None, paused_until=None)
    for child in access.children.filter(revoked_at=None):
        resume(child, now=now, by=by, because=because)
    return access


@transaction.atomic
def set_end(
    access: Access,
    ends_at: datetime | None,
    *,
    now: datetime,
    by: str = "",
    because: str = "",
) -> Access:
    """Set when an access ends, and with it what it gave; None is for good.

    A number of weeks or months that was to be counted from an opening counts no more.
    """
    set_now = {"ends_at": ends_at, "term_count": None, "term_unit": ""}
    _change(access, "end_set", now=now, by=by, because=because, **set_now)
    for child in access.children.filter(revoked_at=None):
        set_end(child, ends_at, now=now, by=by, because=because)
    return access


@transaction.atomic
def record_paid(
    access: Access, *, source: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> PaidSpan:
    """Record which time a payment paid for, once per source; ``paid_through`` is the last end."""
    span: PaidSpan
    span, is_new = PaidSpan.objects.update_or_create(
        access=access, source=source, defaults={"starts_at": starts_at, "ends_at": ends_at}
    )
    last = access.paid_spans.order_by("-ends_at").values_list("ends_at", flat=True).first()
    _change(access, "paid", now=now, by="", because=source, paid_through=last)
    if is_new:
        access.product.contract.on_renewed([access])
    return span


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


def _change(
    access: Access, what: str, *, now: datetime, by: str, because: str, **fields: Any
) -> bool:
    """Set columns under a lock and append what changed; setting what is set already is nothing."""
    locked: Access = Access.objects.select_for_update().get(pk=access.pk)
    keeps = {"revoked_at", "suspended_at"}  # the first moment stands when it is set again
    changes = {
        name: value
        for name, value in fields.items()
        if getattr(locked, name) != value
        and not (name in keeps and value is not None and getattr(locked, name) is not None)
    }
    if not changes:
        access.refresh_from_db()
        return False
    before = {name: _plain(getattr(locked, name)) for name in changes}
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*changes])
    access.refresh_from_db()
    _record(access, what, now=now, by=by, because=because, before=before, names=[*changes])
    return True


def _record(
    access: Access,
    what: str,
    *,
    now: datetime,
    by: str,
    because: str,
    before: dict[str, Any],
    names: list[str] | None = None,
) -> None:
    names = names or ["starts_at", "ends_at"]
    AccessEvent.objects.create(
        access=access,
        at=now,
        what=what,
        by=by,
        because=because,
        before=before,
        after={name: _plain(getattr(access, name)) for name in names},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _end_rest(access: Access, now: datetime) -> None:
    locked: Access = Access.objects.select_for_update().get(pk=access.pk)
    if locked.paused_at is not None:
        until = min(now, locked.paused_until) if locked.paused_until else now
        _cut(access, "rest", locked.paused_at, until)


def _cut(access: Access, because: str, starts_at: datetime, ends_at: datetime) -> None:
    if starts_at < ends_at:
        SpanCut.objects.update_or_create(
            access=access, because=because, starts_at=starts_at, defaults={"ends_at": ends_at}
        )
