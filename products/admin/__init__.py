"""The catalogue in the store's admin: one list for all formats, and the base of their forms."""

from products.admin.catalogue import ProductAdmin
from products.admin.format import FormatAdmin
from products.forms import ProductForm

__all__ = ["FormatAdmin", "ProductAdmin", "ProductForm"]
