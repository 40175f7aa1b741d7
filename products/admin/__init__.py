"""The catalogue in the store's admin: one list for all formats, and the base of their forms."""

from products.admin import which
from products.admin.catalogue import ProductAdmin
from products.admin.first import FirstContent
from products.admin.format import FormatAdmin
from products.admin.lists import ListEntryAdmin
from products.admin.steps import first_steps
from products.forms import ProductForm
from stores import slots

slots.first_steps.register("products", first_steps)

__all__ = [
    "FirstContent",
    "FormatAdmin",
    "ListEntryAdmin",
    "ProductAdmin",
    "ProductForm",
    "which",
]
