"""The ebook format's answers to the contract."""

from django.utils.translation import gettext_lazy as _

from ebooks.models import Ebook
from products.contract import ProductFormat


class EbookFormat(ProductFormat):
    """A book that is read in the browser and downloaded."""

    key = "ebook"
    label = _("ebook")
    plural = _("ebooks")
    object = "book"
    url_prefix = "ebooks"
    urlconf = "ebooks.urls"
    templates = ("ebooks/sales.html",)
    price_kinds = ("one_time", "pay_what_you_want", "free")
    model = Ebook
