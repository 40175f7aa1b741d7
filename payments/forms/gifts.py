"""For whom something is bought: at checkout, and changed until it is claimed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.forms import NormalAddressField
from core import clock
from payments.contract import GiftWish
from payments.models import Gift
from stores.forms import CleanTextMixin
from stores.scope import current_store

FURTHEST = timedelta(days=366)
MORNING = 9


class GiftFields(forms.Form):
    """For whom, what is written, and when; all of it may stay empty."""

    gift_to_name = forms.CharField(
        label=pgettext_lazy("gift", "For whom?"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    gift_from_name = forms.CharField(
        label=pgettext_lazy("gift", "From whom?"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty, it is your name."),
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    gift_message = forms.CharField(
        label=gettext_lazy("A few words"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    gift_to_email = NormalAddressField(
        label=gettext_lazy("Their email, if we should write to them"),
        required=False,
        help_text=gettext_lazy("Left empty, you get a link and a card to hand over yourself."),
    )
    gift_day = forms.DateField(
        label=gettext_lazy("On which day?"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("Left empty, at once."),
    )
    gift_hour = forms.TypedChoiceField(
        label=gettext_lazy("At what hour?"),
        required=False,
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        initial=MORNING,
    )

    def clean_gift_day(self) -> date | None:
        """A gift comes from today on, within a year."""
        day: date | None = self.cleaned_data.get("gift_day")
        today = clock.local_day(clock.now(), current_store().zone)
        if day is not None and not today <= day <= today + FURTHEST:
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return day

    def wish(self, *, name: str = "") -> GiftWish:
        """Return what was written as a wish; ``name`` signs where nothing else does."""
        values = self.cleaned_data
        return GiftWish(
            from_name=values.get("gift_from_name") or name,
            to_name=values.get("gift_to_name") or "",
            to_email=values.get("gift_to_email") or "",
            message=values.get("gift_message") or "",
            deliver_at=self._moment(),
        )

    def _moment(self) -> datetime | None:
        day = self.cleaned_data.get("gift_day")
        if day is None:
            return None
        hour = self.cleaned_data.get("gift_hour")
        at = time(int(hour) if hour not in {None, ""} else MORNING)
        return clock.at_local(day, at, current_store().zone)

    @property
    def gift_fields(self) -> list[forms.BoundField]:
        """Return the fields in the order in which they are asked."""
        return [self[name] for name in GiftFields.base_fields if name in self.fields]


class GiftForm(CleanTextMixin, GiftFields):
    """Changing a gift until it is claimed; what cost nothing is handed over by its giver."""

    def __init__(self, *args: Any, is_free: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_free:
            del self.fields["gift_to_email"]

    @staticmethod
    def values_of(gift: Gift) -> dict[str, Any]:
        """Return a gift's present values, as the form begins."""
        local = gift.deliver_at.astimezone(current_store().zone)
        return {
            "gift_to_name": gift.to_name,
            "gift_from_name": gift.from_name,
            "gift_message": gift.message,
            "gift_to_email": gift.to_email,
            "gift_day": local.date() if gift.deliver_at > clock.now() else None,
            "gift_hour": local.hour,
        }
