"""The forms of a price: one way to pay, and another amount in the place of one that was sold."""

from products.forms.prices.fields import FIRST_FIELDS, MORE_FIELDS, RETURNING_FIELDS, SPREAD_FIELDS
from products.forms.prices.form import PriceForm
from products.forms.prices.instead import InsteadForm

__all__ = [
    "FIRST_FIELDS",
    "MORE_FIELDS",
    "RETURNING_FIELDS",
    "SPREAD_FIELDS",
    "InsteadForm",
    "PriceForm",
]
