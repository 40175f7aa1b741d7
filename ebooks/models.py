"""What an ebook has beyond any product."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.models import Product


class Ebook(Product):
    """A book as EPUB, PDF or both; each file is a part."""

    product = models.OneToOneField(
        Product,
        parent_link=True,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="ebook",
    )
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    stamps_files = models.BooleanField(
        _("stamp my files"),
        default=True,
        help_text=_(
            "Each buyer's copy carries their name and order number, on the page and inside the"
            " file. Samples and free books stay as they are."
        ),
    )
    sells_print = models.BooleanField(_("sold in print too"), default=False)
    print_stock = models.PositiveIntegerField(
        _("printed copies"),
        null=True,
        blank=True,
        help_text=_(
            "How many were printed for this shop, those sold already included. Left empty, there"
            " are always enough."
        ),
    )
    print_on = models.DateField(
        _("first day of posting"),
        null=True,
        blank=True,
        help_text=_("While the printer still has it: sold now, posted from this day on."),
    )

    class Meta:
        verbose_name = _("ebook")
        verbose_name_plural = _("ebooks")
