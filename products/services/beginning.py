"""A first product: begun from what its format proposes, with a plan its creator ticks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import translation

from products.contract import Draft, formats
from products.models import Plan, Product
from products.services.catalogue import add_price, create_product
from stores.scope import current_store


def proposed(key: str, answers: Mapping[str, str] | None = None) -> Draft | None:
    """Return how the format would begin, in the store's language; None where it has no draft."""
    store = current_store()
    with translation.override(store.language):
        draft = formats[key].draft(answers or {}, store)
        if draft is None:
            return None
        return Draft(
            title=str(draft.title),
            tagline=str(draft.tagline),
            prices=list(draft.prices),
            outline=[str(each) for each in draft.outline],
            checklist=[str(each) for each in draft.checklist],
        )


@transaction.atomic
def begin(
    key: str,
    *,
    now: datetime,
    answers: Mapping[str, str] | None = None,
    title: str = "",
    with_prices: bool = True,
) -> Product:
    """Make a draft product as its format proposes it; a title given stands in place of its own.

    Without ``with_prices`` it has the plan alone: the price is asked for in a step of its own.
    """
    draft = proposed(key, answers)
    if draft is None:
        return create_product(key, title=title or str(formats[key].label), now=now)
    tagline = "" if title else str(draft.tagline)
    product = create_product(key, title=title or str(draft.title), tagline=tagline, now=now)
    for price in draft.prices if with_prices else ():
        add_price(product, **price)
    Plan.objects.create(
        product=product, outline=list(draft.outline), checklist=list(draft.checklist)
    )
    return product


@transaction.atomic
def tick(product: Product, numbers: Iterable[int]) -> None:
    """Keep which lines of a product's checklist are done; a number it does not have is left out."""
    plan: Plan | None = (
        Plan.objects.select_for_update(no_key=True).filter(product=product.pk).first()
    )
    if plan is not None:
        wanted = set(numbers)
        plan.ticked = [each for each in range(len(plan.checklist)) if each in wanted]
        plan.save(update_fields=["ticked"])
