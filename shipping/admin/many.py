"""Many parcels at once: labels and lists to print, and that they were packed or posted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from shipping.errors import CannotChange
from shipping.forms.sending import PACKED, PACKING, POSTED, SHEET, SINGLE, TABLE, ManyForm
from shipping.models import Parcel
from shipping.rules import lines_of
from shipping.services import lists, parcels
from shipping.services.showing import state_of
from stores.admin import log
from stores.admin.site import staff_of, store_of
from stores.admin.tables import send_table
from stores.services.log import write

MOST = 500
PAPERS = {
    SHEET: ("sheet_of_labels", "labels.pdf"),
    SINGLE: ("single_labels", "labels-10x15.pdf"),
    PACKING: ("packing_list", "packing-list.pdf"),
}


class ManyAtOnce:
    """The page of many parcels; a part of the parcels' admin."""

    url_for: Callable[..., str]

    def many_view(self, request: HttpRequest) -> HttpResponse:
        """Show what waits, each with its tick and its number; do what the button says."""
        if not staff_of(request).may_change(self.area):  # type: ignore[attr-defined]  # the admin's own
            raise PermissionDenied
        waiting = self._waiting(request)
        form = ManyForm(request.POST if request.method == "POST" else None, parcels=waiting)
        if form.is_valid():
            return self._do(request, form)
        today = clock.local_day(clock.now(), store_of(request).zone)
        ticked = set(form.ticked) if form.is_bound else {each.public_id for each in waiting}
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # as above
            "title": _("Post many at once"),
            "form": form,
            "back_url": self.url_for("changelist"),
            "rows": [
                {
                    "parcel": each,
                    "state": state_of(each, today)[0],
                    "place": each.pickup.name
                    if each.pickup
                    else ", ".join(lines_of(each.destination)),
                    "number": form.number_of(each),
                    "is_ticked": each.public_id in ticked,
                }
                for each in waiting
            ],
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "shipping/admin/many.html", context, status=status)

    def _waiting(self, request: HttpRequest) -> list[Parcel]:
        today = clock.local_day(clock.now(), store_of(request).zone)
        found = Parcel.objects.due(today).select_related("pickup", "zone", "customer__user")
        return list(found.order_by("pk")[:MOST])

    def _do(self, request: HttpRequest, form: ManyForm) -> HttpResponse:
        act, chosen = form.cleaned_data["act"], form.chosen()
        only = [parcel for parcel, _number in chosen]
        if act == TABLE:
            rows = map(lists.table_row, only)
            return send_table(request, "parcels.csv", lists.table_header(), rows)
        if act in PAPERS:
            from shipping.services import papers  # late: see core.sheets

            make, name = PAPERS[act]
            return _download(getattr(papers, make)(only), name, "application/pdf")
        done = self._say(request, form, chosen)
        words = ngettext("%(n)s parcel: saved.", "%(n)s parcels: saved.", done) % {"n": done}
        messages.success(request, words)
        return HttpResponseRedirect(self.url_for("changelist"))

    def _say(self, request: HttpRequest, form: ManyForm, chosen: Sequence[Any]) -> int:
        now, done = clock.now(), 0
        for parcel, number in chosen:
            try:
                if form.cleaned_data["act"] == PACKED:
                    parcels.pack(parcel, tells=form.cleaned_data["tells"], now=now)
                elif form.cleaned_data["act"] == POSTED:
                    who = form.who() if not parcel.pickup_id else ""
                    parcels.mark_sent(parcel, carrier=who, tracking=number, now=now)
            except CannotChange:
                continue  # somebody else did it a moment ago, or it was packed before
            write(staff_of(request), log.CHANGE, parcel)
            done += 1
        return done


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
