"""The forms of a product and of its prices, as a creator fills them."""

from products.forms.pickers import read_amount
from products.forms.prices import InsteadForm, PriceForm
from products.forms.products import ProductForm

__all__ = ["InsteadForm", "PriceForm", "ProductForm", "read_amount"]
