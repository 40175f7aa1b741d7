"""How people are called in discussions: as they chose, once for a store, never by address."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Customer
from content.models import Voice
from content.services.discussion.reasons import CannotSay
from core.searching import normalised
from core.text import clean_line
from products.models import Product
from stores.models import Staff
from stores.scope import current_store

SHORTEST, LONGEST = 2, 40


def voice_for(customer: Customer, name: str, now: datetime, *, product: Product) -> Voice:
    """Return the customer's voice; one that has none is given this name. CannotSay if it cannot."""
    known: Voice | None = Voice.objects.filter(customer=customer).first()
    if known is not None:
        return known
    name = clean_line(name)
    plain = normalised(name).replace(" ", "")[:60]
    if not SHORTEST <= len(name) <= LONGEST or "@" in name or not plain:
        raise CannotSay("name_bad")
    if plain in _ours(product):
        raise CannotSay("name_ours")
    if Voice.objects.filter(plain_name=plain).exists():
        raise CannotSay("name_taken")
    try:
        with transaction.atomic():
            voice: Voice = Voice.objects.create(
                customer=customer, name=name, plain_name=plain, created_at=now
            )
            return voice
    except IntegrityError as error:  # two at once: their own other press, or another's
        mine: Voice | None = Voice.objects.filter(customer=customer).first()
        if mine is None:
            raise CannotSay("name_taken") from error
        return mine


def suggested_name(customer: Customer) -> str:
    """Return what the form may begin with: the first name they gave, never an address."""
    first = customer.name.split(" ", 1)[0] if customer.name else ""
    return "" if "@" in first else first[:LONGEST]


def _ours(product: Product) -> set[str]:
    staff = Staff.objects.values_list("name", flat=True)
    names = [current_store().name, product.maker, *staff]
    return {normalised(name).replace(" ", "") for name in names if name} - {""}
