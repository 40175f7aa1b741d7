"""The list to post as a table for a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import countries
from shipping.models import Parcel


def table_header() -> list[str]:
    """Return the columns of the list to post."""
    return [
        *(_("order"), _("what"), _("copies"), _("name"), _("phone"), _("street")),
        *(_("house number"), _("floor, flat, company"), pgettext("of an address", "Town")),
        *(_("region"), _("postcode"), _("country"), _("note to the courier"), _("pick-up")),
    ]


def table_row(parcel: Parcel) -> list[object]:
    """Return one parcel as cells."""
    country = countries.name_of(parcel.country) if parcel.country else ""
    return [
        *(parcel.order_number, parcel.title, parcel.quantity, parcel.name, parcel.phone),
        *(parcel.street, parcel.house, parcel.extra, parcel.city, parcel.region, parcel.postcode),
        *(country, parcel.note, parcel.pickup.name if parcel.pickup else ""),
    ]
