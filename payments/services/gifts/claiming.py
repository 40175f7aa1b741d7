"""Claiming: who holds the link takes the gift into their own account, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from access.contract import Source
from access.models import Access, SourceKind
from access.services import granting
from accounts.models import Customer
from core import tokens
from payments.errors import CannotGive
from payments.models import Gift
from payments.services.gifts import letters
from payments.services.gifts.personal import forget_words
from payments.services.gifts.timing import free_from, has_time
from payments.services.quoting import has_already
from products.models import Price, Product
from products.services.offering import is_offered


def find_gift(public_id: str, key: str) -> Gift | None:
    """Return the gift a link stands for; None for a forged one."""
    gifts = Gift.objects.select_related("line__order", "line__product", "line__price__product")
    gift: Gift | None = gifts.filter(public_id=public_id).first()
    return gift if gift is not None and tokens.same(gift.key, key) else None


@transaction.atomic
def claim(
    gift: Gift, customer: Customer, *, now: datetime, instead: Price | None = None
) -> list[Access]:
    """Give the gift to a customer who holds its link, or what they choose ``instead`` of it.

    Claiming again by the same customer is claiming once. CannotGive says why not: somebody else
    was faster, its day has not come, it was taken back, or the customer has it already and must
    choose. The gift's row is locked: of twenty at once one wins.
    """
    locked: Gift = Gift.objects.select_for_update(no_key=True).get(pk=gift.pk)
    line = locked.line
    if locked.claimed_by_id == customer.pk:
        return _given(locked)
    _refuse(locked, now)
    price = line.price if instead is None else _allowed(locked, customer, instead, now)
    begins = now
    if instead is None and has_already(customer, line.product_id, now):
        after = comes_after(locked, customer, now)
        if after is None:
            raise CannotGive(_("You have this already. Choose something else instead."))
        begins = after
    locked.claimed_by, locked.claimed_at = customer, now
    locked.taken_instead = None if instead is None else instead.product
    locked.save(update_fields=["claimed_by", "claimed_at", "taken_instead"])
    given = granting.grant_purchase(
        customer,
        price=price,
        option=price.option,
        source=Source(SourceKind.GIFT, locked.public_id),
        now=now,
        because=f"#{line.order.number}",
        terms=line if instead is None else None,
        not_before=begins,
    )
    if locked.has_what_was_given and not line.order.is_test:
        line.product.contract.on_sold(line.sold_to(customer))
    letters.claimed(locked)
    giver = line.order.customer
    if giver is not None and giver.erased_at is not None:
        forget_words(locked)
    return given


def comes_after(gift: Gift, customer: Customer, now: datetime) -> datetime | None:
    """Return from when a gift of some weeks or months lengthens what a customer has; None where
    there is nothing to lengthen.
    """
    return free_from(customer, gift.line.product, now) if has_time(gift) else None


def _refuse(gift: Gift, now: datetime) -> None:
    if gift.withdrawn_at is not None:
        raise CannotGive(_("This gift was taken back. Ask who gave it to you."))
    if gift.line.held_at is not None:
        raise CannotGive(_("This gift is on hold. Ask who gave it to you."))
    if gift.claimed_at is not None:
        raise CannotGive(_("This gift was opened already."))
    if not gift.is_due(now):
        raise CannotGive(_("It is not time yet."))


def choices(gift: Gift, customer: Customer, now: datetime) -> list[Price]:
    """Return what may be taken instead: anything on sale that costs no more, and is not owned."""
    line = gift.line
    owned = Access.objects.held(now).filter(customer=customer).values("product")
    affordable = Price.objects.filter(
        kind=Price.Kind.ONE_TIME,
        amount__lte=line.amount * line.quantity,
        currency=line.order.currency,
        option="",
        quantity=None,
        product__in=Product.objects.sellable().listed(),
    )
    others = affordable.exclude(product=line.product_id).exclude(product__in=owned)
    return [each for each in others.select_related("product") if is_offered(each, now)]


def _allowed(gift: Gift, customer: Customer, instead: Price, now: datetime) -> Price:
    if not has_already(customer, gift.line.product_id, now) or comes_after(gift, customer, now):
        raise CannotGive(_("The gift itself is still yours to open."))
    if instead.pk not in {price.pk for price in choices(gift, customer, now)}:
        raise CannotGive(_("This cannot be taken instead. Choose something else."))
    return instead


def _given(gift: Gift) -> list[Access]:
    found = Access.objects.from_source(SourceKind.GIFT, gift.public_id)
    return list(found.select_related("product"))
