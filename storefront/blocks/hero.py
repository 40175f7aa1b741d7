"""The opening of a page: what it is about, in one large sentence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, LinkAddressField, PictureField, TargetField, line
from storefront.models import Page


class HeroForm(BlockForm):
    """A heading, a line, a button, a picture."""

    heading = line(_("Heading"), 120, required=True)
    kick = line(_("A few words above it"), 60)
    lead = line(_("One sentence below it"), 240)
    button = line(_("Words on the button"), 40)
    leads_to = TargetField()
    url = LinkAddressField()
    image = PictureField()


class Hero(BlockType):
    """A large heading beside a picture, or alone."""

    key, form = "hero", HeroForm
    label = _("Opening")
    line = _("One large sentence, a button, a picture.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the opening; on the front page the shop's own picture fills an empty place."""
        found = super().context(fields, around)
        if found["image"] is None and around.page.kind == Page.Kind.HOME:
            found["image"] = around.own_picture("hero")
        return found
