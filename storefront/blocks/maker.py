"""Who is behind the shop."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.markdown import small_markdown
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, PictureField, line, words


class MakerForm(BlockForm):
    """A name, a picture, a few sentences; left empty, the store's own words."""

    heading = line(_("Heading"), 120)
    name = line(_("Name"), 80)
    text = words(
        _("Text"),
        4_000,
        8,
        help_text=_("Left empty, it is what you wrote about yourself in the settings."),
    )
    image = PictureField()


class Maker(BlockType):
    """The maker, with a face."""

    key, form = "maker", MakerForm
    label = _("The maker")
    line = _("Who you are, with a picture.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the maker's words, or the store's."""
        text = fields.get("text") or around.store.about
        return {
            **fields,
            "html": small_markdown(text),
            "image": around.picture(fields.get("image")) or around.own_picture("maker"),
        }
