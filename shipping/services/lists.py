"""The list to post as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import countries
from core.text import csv_safe
from shipping.models import Parcel


def table(parcels: Sequence[Parcel]) -> bytes:
    """Return parcels as CSV that no spreadsheet takes for formulas; with a mark for Excel."""
    paper = io.StringIO()
    rows = csv.writer(paper)
    rows.writerow(
        [
            *(_("order"), _("what"), _("copies"), _("name"), _("phone"), _("street")),
            *(_("house number"), _("floor, flat, company"), pgettext("of an address", "Town")),
            *(_("region"), _("postcode"), _("country"), _("note to the courier"), _("pick-up")),
        ]
    )
    for each in parcels:
        country = countries.name_of(each.country) if each.country else ""
        cells = [
            *(str(each.order_number), each.title, str(each.quantity), each.name, each.phone),
            *(each.street, each.house, each.extra, each.city, each.region, each.postcode),
            *(country, each.note, each.pickup.name if each.pickup else ""),
        ]
        rows.writerow([csv_safe(cell) for cell in cells])
    return ("\ufeff" + paper.getvalue()).encode()
