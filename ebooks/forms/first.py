"""The first run's own form of a book: one file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class FirstFileForm(forms.Form):
    """The book as one file; what it is, its own beginning says."""

    book_file = forms.FileField(
        label=gettext_lazy("The book, EPUB or PDF"),
        help_text=gettext_lazy("Nobody sees it before you put the book on sale."),
        widget=forms.FileInput({"accept": ".epub,.pdf"}),
    )
