"""Settings → Away dates: from when to when nobody is there, and what customers read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from core.clock import local_day
from stores.admin.model import StoreModelAdmin
from stores.admin.rows import Row
from stores.admin.site import Group, MenuItem, site, store_of
from stores.forms import StoreForm
from stores.models import AwayDates
from stores.roles import Area
from stores.services.opening import touch

LONGEST_DAYS = 120


class AwayForm(StoreForm[AwayDates]):
    """A first day, a last day, and a line for customers."""

    class Meta:
        model = AwayDates
        fields = ("starts_on", "ends_on", "label")
        widgets = {  # noqa: RUF012 -- read once by Django
            name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            for name in ("starts_on", "ends_on")
        }
        help_texts = {  # noqa: RUF012 -- read once by Django
            "label": gettext_lazy("Such as: on the road, with little internet."),
        }

    def clean(self) -> dict[str, Any]:
        """The last day comes after the first, and the end is in sight."""
        values = super().clean()
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        elif first and last and (last - first).days > LONGEST_DAYS:
            self.add_error("ends_on", _("Up to 120 days at a time."))
        return values


class AwayAdmin(StoreModelAdmin):
    """Settings → Away dates."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, pgettext_lazy("menu", "Away dates"), 6, within="stores.store")
    form = AwayForm
    fieldsets = ((None, {"fields": ("starts_on", "ends_on", "label")}),)
    lead = gettext_lazy(
        "What you promise “within three days” counts around these days, and customers read them "
        "where they ask. Mails that wait for nothing go out as always."
    )
    add_verb = gettext_lazy("Add away dates")
    empty = gettext_lazy(
        "A holiday, a birth, a week offline: write it here and your promises move by themselves."
    )
    ordering = ("-starts_on",)

    def row(self, request: HttpRequest, item: AwayDates) -> Row:
        """Return from when to when, and whether it is over."""
        today = local_day(clock.now(), store_of(request).zone)
        is_over, is_now = item.ends_on < today, item.starts_on <= today <= item.ends_on
        state = _("over") if is_over else _("now") if is_now else ""
        return Row(
            name=str(item),
            url=self.url_of(item),
            state=state,
            tone="warn" if is_now else "empty",
            detail=item.label,
            next_step="" if is_over else self._until(item),
        )

    def _until(self, item: AwayDates) -> str:
        return _("back after %(day)s") % {"day": date_format(item.ends_on)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Plans change."""
        return self.has_change_permission(request, obj)

    def acts(self, request: HttpRequest, item: AwayDates | None) -> list[tuple[Any, str]]:
        """Offer to delete them."""
        if item is None or not self.has_delete_permission(request, item):
            return []
        return [(_("Delete"), self.url_for("delete", item.pk))]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save, and make the shop's pages show it."""
        super().save_model(request, obj, form, change)
        touch(store_of(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and make the shop's pages show it."""
        super().delete_model(request, obj)
        touch(store_of(request))


site.register(AwayDates, AwayAdmin)
