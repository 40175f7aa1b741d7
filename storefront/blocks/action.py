"""A call to do one thing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import BlockType
from storefront.blocks.fields import BlockForm, LinkAddressField, TargetField, line


class ActionForm(BlockForm):
    """A sentence and a button."""

    heading = line(_("Heading"), 120, required=True)
    text = line(_("One sentence below it"), 240)
    button = line(_("Words on the button"), 40, required=True)
    leads_to = TargetField()
    url = LinkAddressField()


class Action(BlockType):
    """A sentence and a button, in the middle of the page."""

    key, form = "action", ActionForm
    label = _("Call to action")
    line = _("One sentence and one button.")
