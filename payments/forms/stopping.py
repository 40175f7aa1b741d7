"""From when on what is paid again and again should be over; asked of its owner and of the team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import local_day
from payments.models import Subscription
from payments.services.cancelling.continuing.effect_day import Wish
from payments.services.cancelling.continuing.stopping import Asked, judge
from payments.services.subscriptions.wording import price_in_words
from stores.forms import CleanTextMixin
from stores.scope import current_store

DAY_INPUT = {"type": "date", "dir": "ltr"}


class WishFields(forms.Form):
    """The day, for forms that ask for it beside other things."""

    wish = forms.ChoiceField(
        label=gettext_lazy("From when?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Wish.SOON, gettext_lazy("As soon as possible; the unused days' money comes back")),
            (Wish.END, gettext_lazy("When what is paid ends; nothing comes back")),
            (Wish.DAY, gettext_lazy("On the day written below")),
        ],
    )
    day = forms.DateField(
        label=gettext_lazy("The day, if you name one"),
        required=False,
        widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d"),
        help_text=gettext_lazy("At most the end of what is paid, as nothing is charged any more."),
    )

    def clean(self) -> dict[str, Any]:
        """Want a day where one is to be named."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("wish") == Wish.DAY and not values.get("day") and "day" not in self.errors:
            self.add_error("day", _("Write the day."))
        return values

    def asked(self, *, is_by_post: bool = False) -> Asked:
        """Return what was asked for; a day that is named is one, whatever was ticked."""
        values = self.cleaned_data
        wish = Wish(values.get("wish") or Wish.BY_LAW)
        day = values.get("day") if wish in {Wish.DAY, Wish.BY_LAW} else None
        return Asked(Wish.DAY if day else wish, day, is_by_post=is_by_post)


class StopForm(CleanTextMixin, WishFields):
    """Which of what somebody pays again and again should stop, and from when."""

    text = forms.CharField(
        label=gettext_lazy("Anything to add? You need not."),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    field_order = ("which", "wish", "day", "text")

    def __init__(
        self, *args: Any, found: Sequence[Subscription], said_at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.found = {each.public_id: each for each in found}
        self.fields["which"] = forms.MultipleChoiceField(
            label=_("What should stop?"),
            widget=forms.CheckboxSelectMultiple,
            choices=[(key, name_of(each)) for key, each in self.found.items()],
            initial=list(self.found),
            error_messages={"required": _("Tick at least one.")},
        )
        if len(self.found) == 1:
            del self.fields["which"]
        self.fields["wish"].initial = initial_wish(found, said_at)
        zone = current_store().zone
        self.fields["day"].widget.attrs["min"] = local_day(said_at, zone).isoformat()
        self.order_fields(self.field_order)

    @property
    def chosen(self) -> list[Subscription]:
        """What was ticked; the only one where there is no choice."""
        keys = self.cleaned_data.get("which") or list(self.found)
        return [self.found[key] for key in keys]


def name_of(subscription: Subscription) -> str:
    """Return a subscription in a line."""
    return f"{subscription.product.title} · {price_in_words(subscription)}"


def initial_wish(found: Sequence[Subscription], said_at: datetime) -> str:
    """Return what is ticked at first: what the law gives to who says nothing."""
    if not found:
        return Wish.SOON
    by_law = judge(found[0], said_at)
    return Wish.SOON if by_law.back != "nothing" else Wish.END
