"""Replacing a product by another: visitors are sent there, and earlier buyers get it or do not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import money
from products.errors import CannotReplace
from products.models import Price, Product, Replacement
from products.services.bundles import build_alone
from products.services.catalogue import add_price, set_status
from products.services.drafts import UNDO_LASTS
from stores.errors import StoresDiffer
from stores.scope import current_store

LONGEST_CHAIN = 50
Owners = Replacement.Owners


def why_not_replaced(product: Product, heir: Product) -> str:
    """Return, in a sentence, why ``heir`` cannot take the place of ``product``; empty if it can."""
    if heir.pk == product.pk:
        return _("A product does not take its own place.")
    if not heir.is_sellable:
        return _("“%(title)s” is not on sale, so it cannot take its place.") % {"title": heir.title}
    if product.pk in {each.pk for each in _line(heir)}:
        words = _("“%(title)s” was replaced by this one. Two cannot take each other's place.")
        return words % {"title": heir.title}
    return ""


@transaction.atomic
def replace(
    product: Product,
    heir: Product,
    *,
    owners: str = Owners.NOTHING,
    amount: int = 0,
    tells: bool = False,
    now: datetime,
) -> Replacement:
    """Stop selling a product and let another take its place; CannotReplace says why it cannot.

    What earlier buyers get comes in ten minutes; until then it can be taken back. ``amount`` is
    their price in minor units. Products of one store are replaced one at a time.
    """
    if product.store_id != heir.store_id:
        raise StoresDiffer(heir.public_id)
    build_alone()
    fresh: Product = Product.objects.get(pk=heir.pk)
    reason = why_not_replaced(product, fresh)
    if owners == Owners.PRICE and not reason:
        reason = why_no_price(fresh, amount)
    if reason:
        raise CannotReplace(reason)
    starts_at = now + UNDO_LASTS
    price = _owners_price(product, fresh, amount, starts_at) if owners == Owners.PRICE else None
    has_work = owners == Owners.FREE or (price is not None and tells)
    was_status = Product.objects.values_list("status", flat=True).get(pk=product.pk)
    row: Replacement = Replacement.objects.update_or_create(
        product_id=product.pk,
        defaults={
            "heir_id": fresh.pk,
            "owners": owners,
            "price": price,
            "tells": tells,
            "was_status": was_status,
            "made_at": now,
            "starts_at": starts_at,
            "due_at": starts_at if has_work else None,
            "worked_to": 0,
        },
    )[0]
    Product.objects.filter(pk=product.pk).update(replaced_by=fresh.pk)
    set_status(product, Product.Status.RETIRED)
    return row


def why_no_price(heir: Product, amount: int) -> str:
    """Return why earlier buyers can have no price of their own; empty when they can."""
    if Price.Kind.ONE_TIME not in heir.contract.price_kinds:
        return _("“%(title)s” is not sold for one payment. Give it free, or not.") % {
            "title": heir.title
        }
    if amount < money.smallest_charge(current_store().currency):
        return _("Say the price they pay.")
    return ""


def _owners_price(product: Product, heir: Product, amount: int, opens_at: datetime) -> Price:
    return add_price(
        heir,
        kind=Price.Kind.ONE_TIME,
        amount=amount,
        for_owners_of_id=product.pk,
        doors_open_at=opens_at,
        position=heir.prices.count(),
    )


@transaction.atomic
def take_back(product: Product, now: datetime) -> Product:
    """Put a replaced product back where it stood; CannotReplace once its buyers got theirs."""
    row = Replacement.objects.select_for_update(no_key=True).filter(product=product.pk).first()
    if row is None or not row.can_be_taken_back(now):
        raise CannotReplace(_("It can no longer be taken back. You can put it on sale again."))
    price = row.price
    row.delete()
    if price is not None:
        price.delete()
    Product.objects.filter(pk=product.pk).update(replaced_by=None)
    return set_status(product, row.was_status)


def replacement_of(product: Product) -> Replacement | None:
    """Return what was decided about a product's place, with the one that took it."""
    found: Replacement | None = (
        Replacement.objects.filter(product=product.pk).select_related("heir").first()
    )
    return found


def last_heir(product: Product) -> Product | None:
    """Return the product on sale at the end of the line of those that took its place."""
    return next((each for each in reversed(_line(product)[1:]) if each.is_sellable), None)


def _line(product: Product) -> list[Product]:
    """Return a product, the one that took its place, and so on."""
    line = [product]
    while line[-1].replaced_by_id is not None and len(line) < LONGEST_CHAIN:
        following = line[-1].replaced_by
        if following is None or following.pk in {each.pk for each in line}:
            break
        line.append(following)
    return line
