"""Making products and prices, and putting them on sale."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from core import clock, money, tokens
from core.text import slugify
from products.contract import formats
from products.errors import CannotPublish, PriceIsFrozen
from products.models import FROZEN_PRICE_FIELDS, OldAddress, Price, Product, Replacement
from products.services.bundles import NOT_YET, include, owe_where_included
from stores.scope import current_store
from stores.services.opening import touch

COPIED_PRICE_FIELDS = (
    *FROZEN_PRICE_FIELDS,
    *("is_gift", "seats_min", "seats_max"),
    *("label", "compare_at", "length", "length_count", "length_unit", "length_until"),
    *("option", "quantity", "doors_open_at", "doors_close_at", "for_owners_of_id"),
    *("position", "is_listed", "is_moved_in"),
)
"""What a copy of a price has of it: all but its sale."""


@transaction.atomic
def create_product(format: str, *, title: str, now: datetime, **fields: Any) -> Product:  # noqa: A002 -- the glossary's word
    """Make a draft product of a format, with its child row; the only way products are made."""
    store = current_store()
    fields.setdefault("language", store.language)
    fields["slug"] = free_slug(fields.get("slug") or slugify(title) or tokens.public_id())
    fields.setdefault("position", _next_position())
    model = formats[format].model or Product
    product: Product = model(store=store, format=format, title=title, created_at=now, **fields)
    product.save()
    return product


@transaction.atomic
def keep_address(product: Product, old_slug: str) -> None:
    """Let the address a product had lead to where it is now; its own new one is no old one."""
    OldAddress.objects.filter(slug=product.slug).delete()
    if old_slug and old_slug != product.slug:
        OldAddress.objects.update_or_create(slug=old_slug, defaults={"product_id": product.pk})


def free_slug(wanted: str, but: Product | None = None) -> str:
    """Return ``wanted``, or it with the first number that makes it free in this store."""
    if not wanted:
        return ""
    taken = Product.objects.filter(slug__startswith=wanted)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    slugs = set(taken.values_list("slug", flat=True))
    slug, number = wanted, 1
    while slug in slugs:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def add_price(product: Product, *, kind: str, amount: int = 0, **fields: Any) -> Price:
    """Add a price to a product, in the store's currency; ``amount`` is in minor units."""
    if not 0 <= amount <= money.MAX_AMOUNT:
        raise money.MoneyError(amount)
    fields.setdefault("currency", current_store().currency)
    price: Price = Price.objects.create(product_id=product.pk, kind=kind, amount=amount, **fields)
    touch(current_store())
    return price


@transaction.atomic
def change_price(price: Price, **fields: Any) -> Price:
    """Change a price; what was sold keeps its amount and terms, so a change there is refused."""
    locked: Price = Price.objects.select_for_update(no_key=True).get(pk=price.pk)
    frozen = [name for name in FROZEN_PRICE_FIELDS if name in fields]
    if locked.is_frozen and any(getattr(locked, name) != fields[name] for name in frozen):
        raise PriceIsFrozen(locked.public_id)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*fields])
    touch(current_store())
    return locked


@transaction.atomic
def offer_instead(price: Price, *, amount: int, **fields: Any) -> Price:
    """Offer a new price in place of one that was sold: its copy, which can be changed.

    The old one goes off sale and stands for those who bought at it. What it included the new one
    includes.
    """
    old: Price = Price.objects.select_for_update(no_key=True).get(pk=price.pk)
    kept = {name: getattr(old, name) for name in COPIED_PRICE_FIELDS}
    made = add_price(old.product, **{**kept, "amount": amount, **fields})
    for row in old.inclusions.select_related("included"):
        include(old.product, row.included, price=made)
    Price.objects.filter(pk=old.pk).update(is_active=False)
    return made


@transaction.atomic
def move_price(price: Price, by: int) -> None:
    """Move a price one place up (-1) or down (+1) among the prices of its product."""
    _move(Price.objects.filter(product=price.product_id), price.pk, by)


@transaction.atomic
def move_product(product: Product, by: int) -> None:
    """Move a product one place up (-1) or down (+1) in the shop."""
    _move(Product.objects.kept(), product.pk, by)


def _move(rows: QuerySet[Any], pk: int, by: int) -> None:
    standing = list(rows.select_for_update(no_key=True).values_list("pk", "position"))
    order = [each for each, _position in standing]
    here = order.index(pk)
    there = min(max(here + by, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    before = dict(standing)
    for position, each in enumerate(order):
        if before[each] != position:
            rows.model.objects.filter(pk=each).update(position=position)
    touch(current_store())


def blockers(product: Product, now: datetime | None = None) -> list[str]:
    """Return, in sentences, what must be done before the product can go on sale.

    A presale is sold before it is ready, so it lacks nothing but a price. Once its day has passed
    it lacks what keeps it from opening, or it would be late the moment it is sold.
    """
    child = (product.contract.model or Product).objects.get(pk=product.pk)
    sentences = [str(each) for each in product.contract.blockers([child])[child]]
    if product.is_presale and product.opens_at is not None:
        has_passed = product.opens_at <= (now or clock.now())
        lateness = [_("Its opening day has passed. Name a new one, or make it ready.")]
        sentences = [*lateness, *sentences] if has_passed and sentences else []
    if not product.prices.filter(is_active=True).exists():
        sentences.append(_("It has no price yet. Add one, or make it free."))
    return sentences


@transaction.atomic
def publish(product: Product, now: datetime, *, status: str = Product.Status.PUBLISHED) -> Product:
    """Put a product on sale (or by link only); CannotPublish says what is missing."""
    sentences = blockers(product, now)
    if sentences:
        raise CannotPublish(sentences)
    Product.objects.filter(pk=product.pk, published_at=None).update(published_at=now)
    _forget_heir(product)
    return set_status(product, status)


def _forget_heir(product: Product) -> None:
    """What is sold again is replaced by nothing; what its buyers were given they keep."""
    Product.objects.filter(pk=product.pk).exclude(replaced_by=None).update(replaced_by=None)
    Replacement.objects.filter(product=product.pk).delete()


@transaction.atomic
def set_status(product: Product, status: str) -> Product:
    """Move a product to another state and make the store's pages show it.

    What was not open yet and stands in something sold is owed to those who bought that.
    """
    before = Product.objects.filter(pk=product.pk).values_list("status", flat=True).get()
    Product.objects.filter(pk=product.pk).update(status=Product.Status(status))
    if before in NOT_YET and status not in NOT_YET:
        owe_where_included(product, clock.now())
    touch(current_store())
    product.refresh_from_db()
    return product


def set_question(product: Product, question: str) -> None:
    """Set the one question to those who join the product's list; empty asks nothing."""
    Product.objects.filter(pk=product.pk).update(list_question=question)
    touch(current_store())


def _next_position() -> int:
    last: int | None = Product.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
