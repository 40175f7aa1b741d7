"""The pure bundle: the contract's one built-in format, and what a purchase includes."""

from django.utils.translation import gettext_lazy as _

from products.contract import ProductFormat


class BundleFormat(ProductFormat):
    """A product that is nothing but other products."""

    key = "bundle"
    label = _("bundle")
    plural = _("bundles")
    object = "bundle"
    price_kinds = ("one_time", "free")
    is_built_in = True
