"""One sentence, set large."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import BlockType
from storefront.blocks.fields import BlockForm, line


class QuoteForm(BlockForm):
    """A sentence and whose it is."""

    text = forms.CharField(
        label=_("Sentence"), max_length=400, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )
    name = line(_("Whose it is"), 80)


class Quote(BlockType):
    """A large sentence."""

    key, form = "quote", QuoteForm
    label = _("Quotation")
    line = _("One sentence, set large.")
