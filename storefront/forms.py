"""What a visitor types in the shop: an address for a product's list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms import NormalAddressField
from accounts.services.consents import NEWS_TICK
from stores.forms import CleanTextMixin

LONGEST_ANSWER = 1_000


class ListForm(CleanTextMixin, forms.Form):
    """Where to write to, and an answer to the creator's one question."""

    email = NormalAddressField(
        label=gettext_lazy("Your email"),
        error_messages={
            "required": gettext_lazy("Write your email address, so we can tell you."),
            "invalid": gettext_lazy("This is not an email address. Look at it once more."),
        },
    )
    answer = forms.CharField(
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("You can leave this empty."),
    )

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if question:
            self.fields["answer"].label = question
        else:
            del self.fields["answer"]


class SignUpForm(CleanTextMixin, forms.Form):
    """An address in a form on a page; ``website`` is seen by machines only."""

    email = NormalAddressField(
        label=gettext_lazy("Your email"),
        error_messages={
            "required": gettext_lazy("Write your email address, so we can send it."),
            "invalid": gettext_lazy("This is not an email address. Look at it once more."),
        },
    )
    name = forms.CharField(label=gettext_lazy("Your name"), required=False, max_length=80)
    wants_news = forms.BooleanField(required=False)
    website = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, block: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not block.get("asks_name"):
            del self.fields["name"]
        has_gift = block.get("gift") or block.get("gift_url")
        if block.get("list") and has_gift:
            self.fields["wants_news"].label = block.get("consent") or NEWS_TICK
        else:
            del self.fields["wants_news"]


class SampleForm(CleanTextMixin, forms.Form):
    """Where to send a sample, and whether more may come: the one without the other too."""

    email = NormalAddressField(
        label=gettext_lazy("Your email"),
        error_messages={
            "required": gettext_lazy("Write your email address, so we can send it."),
            "invalid": gettext_lazy("This is not an email address. Look at it once more."),
        },
    )
    wants_news = forms.BooleanField(
        label=NEWS_TICK,
        required=False,
        initial=False,
        help_text=gettext_lazy("The sample comes with this and without it."),
    )
