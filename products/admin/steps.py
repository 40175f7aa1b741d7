"""The catalogue's steps on the checklist of a new store; each ticks itself."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from products.models import Price, Product
from stores.models import Store
from stores.roles import Area
from stores.slots import FirstStep


def first_steps(store: Store) -> list[FirstStep]:
    """Return the steps from nothing to a product on sale."""
    products = list(Product.objects.kept().values_list("status", flat=True))
    on_sale = {Product.Status.PUBLISHED, Product.Status.HIDDEN} & set(products)
    catalogue = reverse("admin:products_product_changelist")
    beginning = reverse("admin:products_product_add")
    steps = (
        ("product", _("Make your first product"), 10, bool(products), beginning),
        ("price", _("Set a price"), 2, Price.objects.filter(is_active=True).exists(), catalogue),
        ("publish", _("Put it on sale"), 1, bool(on_sale), catalogue),
    )
    return [
        FirstStep(key, sentence, minutes, url, is_done, Area.PRODUCTS, order=order)
        for order, (key, sentence, minutes, is_done, url) in enumerate(steps, start=2)
    ]
