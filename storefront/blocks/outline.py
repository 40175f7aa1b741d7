"""What comes in which order: parts of a course, a day, a way of working."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import BlockType
from storefront.blocks.fields import BlockForm, RowsOf, line


class OutlineForm(BlockForm):
    """A heading and rows that count."""

    heading = line(_("Heading"), 120)
    rows = RowsOf(
        label=_("Parts, in order"),
        parts={"title": line(_("Title"), 120), "note": line(_("At the end of the line"), 40)},
        most=40,
    )


class Outline(BlockType):
    """A list that counts."""

    key, form = "outline", OutlineForm
    label = _("In order")
    line = _("Parts or steps that follow each other.")
