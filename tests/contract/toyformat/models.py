"""A letter course with places."""

from django.db import models

from products.models import Product


class Toy(Product):
    """What the toy adds to a product."""

    product = models.OneToOneField(
        Product, parent_link=True, primary_key=True, on_delete=models.CASCADE, related_name="toy"
    )
    places = models.PositiveIntegerField(null=True)
    granted = models.PositiveIntegerField(default=0)
    revoked = models.PositiveIntegerField(default=0)
    sold = models.PositiveIntegerField(default=0)

    class Meta:
        """A child states its own, so that it has no constraint on its parent's columns."""

        verbose_name = "toy"
