"""The form of an edition: its files, what it is called, and what is new in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.forms.uploads import Sender, UploadField, let_in
from content.models import Edition
from stores.forms import CleanTextMixin


class EditionForm(CleanTextMixin, forms.Form):
    """What a new edition brings; one that went out keeps its files, and its words can be mended.

    ``files`` are the format's fields for files, by name; each may say in its help what is there.
    """

    name = forms.CharField(
        label=gettext_lazy("What it is called"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Such as “second, revised”. Left empty, it has its number alone."),
    )
    news = forms.CharField(
        label=gettext_lazy("What is new"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy(
            "In your own words, as many paragraphs as you like. Your readers get them by mail, and"
            " visitors see them on the book's page."
        ),
    )

    def __init__(
        self,
        *args: Any,
        edition: Edition | None,
        files: Mapping[str, UploadField],
        sender: Sender | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {**files, **self.fields}
        if edition is not None:
            self.initial.update(name=edition.name, news=edition.news)
        let_in(self, sender)

    def refuse(self, refused: Mapping[str, Any], taken: set[str]) -> None:
        """Say at each file why it was refused; a form with a mistake asks for good ones again."""
        for name, reason in refused.items():
            self.add_error(name, str(reason.sentence))
        if self.errors:
            for name in taken:
                self.add_error(name, _("The file is good. Choose it once more and save."))
