"""Advice beside the forms: what would help this product to sell, found out from what it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core import money
from products.models import Price, Product
from products.rules import FIRST_MOST, TOO_LOW, like_shekels
from stores.scope import current_store
from stores.services.business import business_of

if TYPE_CHECKING:
    from stores.slots import Text

SHORT = 200
"""A description with fewer characters answers too few questions."""


def on_prices(product: Product) -> list[Text]:
    """Return advice on what a product costs; the first product of a store is spoken of as such."""
    currency = current_store().currency
    once = product.prices.filter(is_active=True, kind=Price.Kind.ONE_TIME, currency=currency)
    amounts = sorted(once.values_list("amount", flat=True))
    most, least = like_shekels(FIRST_MOST, currency), like_shekels(TOO_LOW, currency)
    found: list[Text] = []
    if is_first(product) and (not amounts or amounts[0] > most):
        words = _("A first product is best small: up to %(most)s people decide by themselves.")
        found.append(words % {"most": money.display(most, currency)})
    if amounts and 0 < amounts[0] < least:
        found.append(_("A very low price hurts too: visitors take it for what the thing is worth."))
    return [*found, *product.contract.advise(product)]


def on_page(product: Product) -> list[Text]:
    """Return advice on what a visitor reads: what is missing on the product's page, most telling
    first."""
    found: list[Text] = []
    if not product.result:
        found.append(
            _("Say the one result: not “about sourdough” but “bake a loaf that rises on Saturday”.")
        )
    if not product.cover:
        found.append(_("It has no cover yet. A title on a colour stands there until it has one."))
    if len(product.description) < SHORT:
        found.append(
            _(
                "The description is short. Say for whom it is, what is inside, and what changes"
                " after."
            )
        )
    if not product.parts.published().previews().exists():
        found.append(_("Nothing of it is open to try. A sample sells better than any sentence."))
    if not business_of(current_store()).terms:
        found.append(_("Your terms of sale are empty. Say how money is returned: it calms."))
    return found


def for_product(product: Product) -> dict[str, Sequence[Text]]:
    """Return the advice for each kind of form that stands beside a product."""
    return {"prices": on_prices(product), "page": on_page(product)}


def is_first(product: Product) -> bool:
    """Whether nothing else of this store was ever put on sale."""
    others = Product.objects.exclude(pk=product.pk).exclude(published_at=None)
    return not others.exists()
