"""One picture with text beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.markdown import small_markdown
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import (
    BlockForm,
    LinkAddressField,
    PictureField,
    TargetField,
    line,
    words,
)

SIDES = (("end", _("after the text")), ("start", _("before the text")))


class ImageForm(BlockForm):
    """A picture, text, and which stands first."""

    image = PictureField()
    heading = line(_("Heading"), 120)
    text = words(_("Text"), 3_000, 6)
    side = forms.ChoiceField(label=_("The picture stands"), choices=SIDES, required=False)
    button = line(_("Words on the button"), 40)
    leads_to = TargetField()
    url = LinkAddressField()


class Image(BlockType):
    """A picture and text, side by side."""

    key, form = "image", ImageForm
    label = _("Picture and text")
    line = _("One photograph with words beside it.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the picture, the text as safe HTML, and the button."""
        return {**super().context(fields, around), "html": small_markdown(fields.get("text", ""))}

    def summary(self, fields: Fields) -> str:
        """Return its heading or first words."""
        return str(fields.get("heading") or fields.get("text", ""))[:80]
