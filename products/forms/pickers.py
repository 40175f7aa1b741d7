"""Choosing among the store's own products, and amounts as people type them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Model, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import money
from products.models import Product
from products.services.bundles import why_not_inside


class Said(forms.Widget):
    """What stays as it is, said as text where its field would be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the text as the output its label stands for."""
        return format_html('<output id="{}">{}</output>', (attrs or {}).get("id", name), self.text)


def choices_of(products: Iterable[Product]) -> list[tuple[str, str]]:
    """Return products as choices: title and format."""
    return [(str(each.pk), f"{each.title} · {each.contract.label}") for each in products]


def pickable(but: Model | None = None, also: Iterable[int] = ()) -> list[Product]:
    """Return the products that can stand in another, in the shop's order, and those that do."""
    found = Product.objects.kept().filter(~Q(status=Product.Status.RETIRED) | Q(pk__in=list(also)))
    if but is not None and but.pk:
        found = found.exclude(pk=but.pk)
    return list(found)


def checked_inside(product: Product, pks: Sequence[str], before: set[int]) -> list[Product]:
    """Return the products chosen to stand inside ``product``; what cannot is a sentence."""
    chosen = list(Product.objects.kept().filter(pk__in=[int(pk) for pk in pks]))
    for each in chosen:
        reason = "" if each.pk in before else why_not_inside(product, each)
        if reason:
            raise forms.ValidationError(reason)
    return chosen


def read_amount(text: str, currency: str) -> int:
    """Return minor units of what was typed, in the page's way or the English one.

    Not finite or below zero is a MoneyError too.
    """
    text = text.strip().strip("₪$€£ \u00a0\u200e\u200f")
    try:
        amount = money.parse(text, currency, get_language() or "en")
    except money.MoneyError:
        amount = money.parse(text, currency, "en")
    if amount < 0:
        raise money.MoneyError(text)
    return amount


def cleaned_amount(text: str, currency: str) -> int | None:
    """Return what was typed in minor units, None for nothing; what a card cannot is a sentence."""
    if not text.strip():
        return None
    try:
        amount = read_amount(text, currency)
    except money.MoneyError as error:
        sentence = _("Write the price as a number, like %(example)s.")
        raise forms.ValidationError(sentence % {"example": "49.90"}) from error
    if amount > money.MAX_AMOUNT:
        raise forms.ValidationError(_("This is more than a card can be charged."))
    return amount
