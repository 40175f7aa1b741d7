"""The store's line between sections."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import BlockType
from storefront.blocks.fields import BlockForm


class DividerForm(BlockForm):
    """Nothing to fill in: the line is chosen under Look."""


class Divider(BlockType):
    """The mark line of the store."""

    key, form = "divider", DividerForm
    label = _("Line")
    line = _("Your store's line between two parts.")
