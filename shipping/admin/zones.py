"""Settings → Posting: zones with their prices, and points where things are picked up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import countries, money
from shipping.forms.zones import PickupForm, ZoneForm
from shipping.models import Parcel, PickupPoint, Zone
from shipping.services.places import days_in_words
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.roles import Area
from stores.scope import current_store

SHOWN = 4
"""So many countries are named in a list; of more their number is said."""


class ZoneAdmin(StoreModelAdmin):
    """Where the store posts to and what that costs."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, gettext_lazy("Posting"), 3)
    form = ZoneForm
    fields = (
        *("name", "where_to", "all_eu", "is_elsewhere", "first_text", "further_text"),
        *("free_text", "days_least", "days_most", "is_active"),
    )
    add_title = gettext_lazy("A new zone")
    add_verb = gettext_lazy("Add a zone")
    empty = gettext_lazy(
        "What is printed has to get there: a zone is some countries and what a parcel to them"
        " costs. Nobody can buy in print before there is one, or a point to pick up at."
    )

    def row(self, request: HttpRequest, item: Zone) -> Row:
        """Return a zone with its countries, its price and its days."""
        return Row(
            name=item.name,
            url=self.url_of(item),
            state=_("posted to") if item.is_active else _("not posted to"),
            tone="good" if item.is_active else "",
            detail=f"{_countries(item)} · {days_in_words(item)}",
            number=money.display(item.first, current_store().currency) if item.first else _("free"),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A zone that parcels went to is only no longer posted to."""
        if obj is not None and Parcel.objects.filter(zone=obj).exists():
            return False
        return obj is not None and self.has_change_permission(request, obj)


def _countries(zone: Zone) -> str:
    if zone.is_elsewhere:
        return _("everywhere else")
    if len(zone.countries) > SHOWN:
        count = len(zone.countries)
        return ngettext("%(n)s country", "%(n)s countries", count) % {"n": count}
    return ", ".join(countries.name_of(code) for code in zone.countries)


class PickupAdmin(StoreModelAdmin):
    """Points where customers fetch things themselves."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, gettext_lazy("Pick-up points"), 4, within="shipping.zone")
    form = PickupForm
    fields = ("name", "address", "hours", "is_active")
    add_title = gettext_lazy("A new pick-up point")
    add_verb = gettext_lazy("Add a pick-up point")
    empty = gettext_lazy("Where people may fetch what they bought in print, for nothing.")

    def row(self, request: HttpRequest, item: PickupPoint) -> Row:
        """Return a point with its address and hours."""
        return Row(
            name=item.name,
            url=self.url_of(item),
            state=_("offered") if item.is_active else _("not offered"),
            tone="good" if item.is_active else "",
            detail=f"{item.address} · {item.hours}",
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A point somebody chose is only no longer offered."""
        if obj is not None and Parcel.objects.filter(pickup=obj).exists():
            return False
        return obj is not None and self.has_change_permission(request, obj)


site.register(Zone, ZoneAdmin)
site.register(PickupPoint, PickupAdmin)
