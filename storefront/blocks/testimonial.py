"""What people say, with their names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, PictureField, RowsOf, line


class TestimonialForm(BlockForm):
    """Words of people, who they are, perhaps a face."""

    heading = line(_("Heading"), 120)
    rows = RowsOf(
        label=_("What people say"),
        parts={
            "text": forms.CharField(
                label=_("Their words"),
                max_length=600,
                required=False,
                widget=forms.Textarea({"rows": 3, "dir": "auto"}),
            ),
            "name": line(_("Name"), 80),
            "role": line(_("Who they are"), 80),
            "image": PictureField(),
        },
        most=9,
    )


class Testimonial(BlockType):
    """Words with a name under them."""

    key, form = "testimonial", TestimonialForm
    label = _("What people say")
    line = _("Words of readers and students, with their names.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the words, each with its face."""
        rows = [
            {**row, "image": around.picture(row.get("image"))} for row in fields.get("rows", [])
        ]
        return {**fields, "rows": rows}
