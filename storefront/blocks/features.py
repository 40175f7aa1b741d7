"""What it is made of: short titled lines, without little drawings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import BlockType
from storefront.blocks.fields import BlockForm, RowsOf, line


class FeaturesForm(BlockForm):
    """A heading and rows of a title and a sentence."""

    heading = line(_("Heading"), 120)
    rows = RowsOf(
        label=_("What there is"),
        parts={
            "title": line(_("Title"), 80),
            "text": forms.CharField(
                label=_("In a sentence"),
                max_length=400,
                required=False,
                widget=forms.Textarea({"rows": 2, "dir": "auto"}),
            ),
        },
        most=12,
    )


class Features(BlockType):
    """Titled lines, parted by air."""

    key, form = "features", FeaturesForm
    label = _("What there is in it")
    line = _("Three to six things, each in a sentence.")
