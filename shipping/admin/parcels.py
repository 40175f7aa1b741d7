"""Sales → To post: the list, one parcel with what can be done about it, and many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from shipping.admin.acts import ParcelActs
from shipping.admin.many import ManyAtOnce
from shipping.models import Parcel, Zone
from shipping.querysets import WAITING
from shipping.rules import carrier_name, lines_of, tracking_url
from shipping.services.showing import state_in_words, state_of
from stores.admin import Group, MenuItem, ReadAdmin, Row, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of, store_of
from stores.roles import Area

RANK = Case(
    When(state__in=WAITING, then=Value(0)),
    When(state=Parcel.State.SENT, then=Value(1)),
    default=Value(2),
)


class ParcelStateFilter(StateFilter):
    """By where the parcel is."""

    column = "state"
    states = Parcel.State


class ZoneFilter(StateFilter):
    """By zone, of those that parcels go to."""

    title = gettext_lazy("zone")
    parameter_name = "zone"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the store's zones."""
        return [
            (str(zone.pk), zone.name)
            for zone in Zone.objects.filter(parcels__isnull=False).distinct()
        ]

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the parcels of the zone chosen."""
        value = self.value() or ""
        known = value.isdecimal() and len(value) < 10  # noqa: PLR2004 -- digits of a key
        return queryset.filter(zone=int(value)) if known else queryset


class ParcelAdmin(ManyAtOnce, ParcelActs, ReadAdmin):
    """Parcels, those that wait first and the oldest of them on top."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "To post"), 3)
    empty = gettext_lazy(
        "Who buys in print stands here until the parcel has left, with the address and labels."
    )
    search_fields = ("=order_number", "name", "tracking", "city", "customer__user__email")
    list_filter = (ParcelStateFilter, ZoneFilter)
    list_select_related = ("pickup", "zone", "customer__user")
    change_form_template = "shipping/admin/parcel.html"
    change_list_template = "shipping/admin/parcels.html"

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """Put what waits first, then what is on its way; each oldest first."""
        return (RANK.asc(), "pk")

    def waiting(self, request: HttpRequest) -> int:
        """Return how many are to be posted."""
        return Parcel.objects.due(clock.local_day(clock.now(), store_of(request).zone)).count()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add a page for each thing that can be done."""
        pages: list[tuple[str, str, Callable[..., HttpResponse]]] = [
            ("many/", "many", self.many_view),
            *self.act_pages(),
        ]
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"shipping_parcel_{name}")
                for route, name, view in pages
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say above the list where many are posted at once."""
        may = staff_of(request).may_change(self.area) and Parcel.objects.to_post().exists()
        extra = {"many_url": self.url_for("many") if may else ""}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def title_of(self, item: Parcel) -> str:
        """Return a parcel by its order and what is in it."""
        words = {"number": item.order_number, "title": item.title}
        return _("Order %(number)s: %(title)s") % words

    def row(self, request: HttpRequest, item: Parcel) -> Row:
        """Return what goes to whom, and how it stands."""
        state, tone = state_of(item, clock.local_day(clock.now(), store_of(request).zone))
        place = item.pickup.name if item.pickup else ", ".join(lines_of(item.destination)[1:])
        days = (clock.now() - item.created_at).days if item.is_waiting else 0
        return Row(
            name=f"{item.order_number} · {item.name or item.customer}",
            url=self.url_of(item),
            state=state,
            tone=tone,
            detail=f"{item.title} · {place}",
            next_step=_("waits %(n)s days") % {"n": days} if days > 1 else "",
        )

    def form_context(self, request: HttpRequest, item: Parcel | None) -> dict[str, Any]:
        """Return a parcel with its address and its way."""
        if item is None:
            return {}
        point = item.pickup
        today = clock.local_day(clock.now(), store_of(request).zone)
        return {
            "parcel": item,
            "state": state_of(item, today),
            "sentence": state_in_words(item),
            "place": [point.name, point.address, point.hours]
            if point
            else lines_of(item.destination),
            "carrier": carrier_name(item.carrier),
            "tracking_url": tracking_url(item.carrier, item.tracking),
            "order_url": reverse("admin:payments_order_changelist") + f"?q={item.order_number}",
        }

    def found(self, request: HttpRequest, pk: int) -> Parcel:
        """Return a parcel of this store, for who may post."""
        parcel: Parcel | None = self.get_queryset(request).filter(pk=pk).first()
        if parcel is None:
            raise Http404
        if not staff_of(request).may_change(self.area):
            raise PermissionDenied
        return parcel

    def said(self, request: HttpRequest, item: Parcel, sentence: str) -> HttpResponse:
        """Go back to the parcel and say what was done."""
        messages.success(request, sentence)
        return HttpResponseRedirect(self.url_of(item))


site.register(Parcel, ParcelAdmin)
