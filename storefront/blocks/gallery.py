"""Several pictures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, PictureField, RowsOf, line


class GalleryForm(BlockForm):
    """A heading and pictures with a line each."""

    heading = line(_("Heading"), 120)
    rows = RowsOf(
        label=_("Pictures"),
        parts={"image": PictureField(), "caption": line(_("Line below it"), 120)},
        most=24,
    )


class Gallery(BlockType):
    """Pictures side by side."""

    key, form = "gallery", GalleryForm
    label = _("Pictures")
    line = _("Several photographs, side by side.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the pictures that are still there."""
        rows = [
            {**row, "image": around.picture(row.get("image"))} for row in fields.get("rows", [])
        ]
        return {**fields, "rows": [row for row in rows if row["image"]]}
