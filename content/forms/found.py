"""A file that was found somewhere."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FoundFileForm(forms.Form):
    """The file whose copy it is asks."""

    found = forms.FileField(
        label=_("The file you found"),
        allow_empty_file=True,
        help_text=_("A PDF or an EPUB, or what somebody made of one. It is not kept."),
    )
