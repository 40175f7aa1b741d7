"""Settings → Quiet times: when the store writes to nobody, and which days it works."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.admin.settings import OneOfStore
from stores.admin.site import Group, MenuItem, site, store_of
from stores.forms import StoreForm
from stores.models import QuietTimes
from stores.roles import Area
from stores.services.quiet import quiet_times_of

MOST_OTHER_DAYS = 60
WEEK = (6, 0, 1, 2, 3, 4, 5)


class QuietForm(StoreForm[QuietTimes]):
    """Nights, the day of rest, holidays, and the days of work."""

    working_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("days of work"),
        coerce=int,
        choices=lambda: [(day, WEEKDAYS[day]) for day in WEEK],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What you promise “within three days” counts these days only."),
    )
    other_days = forms.CharField(
        label=gettext_lazy("other days off"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
        help_text=gettext_lazy("One date a line, such as 2027-08-15."),
    )

    class Meta:
        model = QuietTimes
        fields = (
            *("has_nights", "night_from", "night_to", "rest", "calendar"),
            *("eve_from", "rest_to", "working_days", "other_days"),
        )
        widgets = {  # noqa: RUF012 -- read once by Django
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"})
            for name in ("night_from", "night_to", "eve_from", "rest_to")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["other_days"] = "\n".join(self.instance.other_days)

    def clean_other_days(self) -> list[str]:
        """Return the dates typed, in order and once each; say which line is none."""
        lines = [line.strip() for line in self.cleaned_data["other_days"].splitlines()]
        days = {_date_or_error(line) for line in lines if line}
        if len(days) > MOST_OTHER_DAYS:
            raise forms.ValidationError(_("Up to %(n)s dates.") % {"n": MOST_OTHER_DAYS})
        return sorted(days)


def _date_or_error(line: str) -> str:
    try:
        return date.fromisoformat(line).isoformat()
    except ValueError as error:
        sentence = _("“%(line)s” is not a date such as 2027-08-15.")
        raise forms.ValidationError(sentence % {"line": line[:40]}) from error


class QuietAdmin(OneOfStore):
    """Settings → Quiet times."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, gettext_lazy("Quiet times"), 1, within="stores.store")
    form = QuietForm
    own_lookup = "store"
    fieldsets = (
        (
            None,
            {
                "description": gettext_lazy(
                    "News, content and reminders wait until a quiet time is over. Codes, receipts, "
                    "cancellations and money returned never wait."
                ),
                "fields": (
                    *("has_nights", "night_from", "night_to", "rest", "calendar"),
                    *("eve_from", "rest_to"),
                ),
            },
        ),
        (gettext_lazy("More"), {"classes": ("more",), "fields": ("working_days", "other_days")}),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the one form, with what fits the store's country until somebody changes it."""
        times = quiet_times_of(store_of(request))
        if times._state.adding and self.has_view_permission(request):  # noqa: SLF001 -- Django's own word for "not saved yet"
            fields = ("rest", "calendar", "working_days")
            QuietTimes.objects.get_or_create(
                store=store_of(request), defaults={name: getattr(times, name) for name in fields}
            )
        return super().changelist_view(request, extra_context)

    def title_of(self, item: QuietTimes) -> str:
        """Return the page's name."""
        return _("Quiet times")


site.register(QuietTimes, QuietAdmin)
