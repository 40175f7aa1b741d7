"""Running text with a heading."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.markdown import small_markdown
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, line, words


class TextForm(BlockForm):
    """A heading and text; ``law`` marks what a law asks for, on policies."""

    heading = line(_("Heading"), 120)
    text = words(_("Text"), 12_000, 12)
    law = forms.BooleanField(label=_("The law asks for this part"), required=False)


class Text(BlockType):
    """Text as in a letter."""

    key, form = "text", TextForm
    label = _("Text")
    line = _("A heading and some paragraphs.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the text as safe HTML."""
        return {**fields, "html": small_markdown(fields.get("text", ""))}
