"""What other pages gather from posting, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Customer
from core import clock
from products.models import Price, Product
from products.services.sales import places_left
from shipping.models import Parcel
from shipping.services import letters, personal
from shipping.services.places import where
from shipping.services.showing import state_in_words
from stores import slots
from stores.models import Store
from stores.slots import AccountRow, AccountSection, Duty, TimelineEntry

POST_WITHIN = timedelta(days=3)
ANSWER_WITHIN = timedelta(days=2)
FEW = 3
"""From so many copies on the creator is told that they run out."""


def register() -> None:
    """Put everything into the slots."""
    for kind in letters.KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.duties.register("parcels", duties)
    slots.account_sections.register("parcels", parcels_section)
    slots.customer_timeline.register("parcels", timeline)
    slots.customer_search.register("parcels", personal.SEARCH)
    slots.personal_data.register("parcels", personal.ParcelsOfCustomer())
    slots.farewells.register("parcels", personal.farewells)
    slots.store_archive.register("parcels", whole_store)


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return what is to be posted, what did not arrive, and of what few copies are left."""
    return [*_to_post(store, now), *_missed(), *_running_out(now), *_nowhere()]


def _list_url() -> str:
    return reverse("admin:shipping_parcel_changelist")


def _to_post(store: Store, now: datetime) -> list[Duty]:
    due = Parcel.objects.due(clock.local_day(now, store.zone))
    count = due.count()
    if not count:
        return []
    oldest = due.order_by("created_at").values_list("created_at", flat=True)[0]
    sentence = ngettext("%(n)s parcel to post.", "%(n)s parcels to post.", count) % {"n": count}
    days = (now - oldest).days
    if days:
        waits = ngettext("The oldest waits %(n)s day.", "The oldest waits %(n)s days.", days) % {
            "n": days
        }
        sentence = f"{sentence} {waits}"
    url, due_at = _list_url(), oldest + POST_WITHIN
    return [Duty("parcels-to-post", sentence, due_at, url, _("Post them"), "sales")]


def _missed() -> list[Duty]:
    sentence = _("Order %(number)s: “%(title)s” did not arrive.")
    return [
        Duty(
            f"parcel-missing:{each.public_id}",
            sentence % {"number": each.order_number, "title": each.title},
            each.missing_at + ANSWER_WITHIN if each.missing_at else None,
            reverse("admin:shipping_parcel_change", args=[each.pk]),
            _("Look at it"),
            "sales",
        )
        for each in Parcel.objects.missed().order_by("missing_at")
    ]


def _printed() -> list[Price]:
    """Return one price on sale for each stock of copies that are posted."""
    found: dict[tuple[int, str], Price] = {}
    rows = Price.objects.filter(is_active=True, product__status=Product.Status.PUBLISHED)
    for price in rows.exclude(option="").select_related("product").order_by("pk"):
        option = price.product.contract.option(price.product, price.option)
        if option is not None and option.is_posted:
            found.setdefault((price.product_id, option.stock), price)
    return list(found.values())


def _running_out(now: datetime) -> list[Duty]:
    duties = []
    for price in _printed():
        left = places_left(price, now)
        if left is None or left > FEW:
            continue
        words = {"n": left, "title": price.product.title}
        sentence = ngettext(
            "%(n)s printed copy of “%(title)s” is left.",
            "%(n)s printed copies of “%(title)s” are left.",
            left,
        )
        if not left:
            sentence = _("“%(title)s” is sold out in print.")
        url = reverse("admin:products_product_change", args=[price.product_id])
        key = f"copies:{price.product.public_id}"
        duties.append(Duty(key, sentence % words, None, url, _("Look at it"), "products"))
    return duties


def _nowhere() -> list[Duty]:
    if not where().is_nowhere or not _printed():
        return []
    sentence = _("Something is on sale in print, and nobody knows where you post to.")
    url = reverse("admin:shipping_zone_changelist")
    return [Duty("posting-nowhere", sentence, None, url, _("Say where to"), "settings")]


def parcels_section(customer: Customer, now: datetime) -> AccountSection:
    """Return what is on its way to a customer; the section is left out where nothing is."""
    coming = Parcel.objects.open().filter(customer=customer, unsold_at=None)
    return AccountSection(
        key="parcels",
        title=_("On its way to you"),
        rows=[
            AccountRow(
                label=each.title,
                detail=state_in_words(each),
                url=reverse("payments:order", args=[each.order_reference]),
                verb=_("See the parcel"),
            )
            for each in coming.order_by("pk")
        ],
        order=5,
    )


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return what was posted to each customer."""
    by_id = {customer.pk: customer for customer in customers}
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    sent = Parcel.objects.filter(customer__in=customers, sent_at__isnull=False)
    for each in sent:
        words = {"title": each.title, "number": each.order_number}
        sentence = _("“%(title)s” was posted for order %(number)s") % words
        url = reverse("admin:shipping_parcel_change", args=[each.pk])
        assert each.sent_at is not None  # noqa: S101 -- asked for above
        found[by_id[each.customer_id]].append(
            TimelineEntry(each.sent_at, sentence, url, kind="parcels", area="sales")
        )
    return dict(found)


def whole_store(store: Store) -> dict[str, Any]:
    """Return every parcel of the store in scope, with the zones and points, as plain values."""
    there = where()
    return {
        "parcels": [
            {"to": each.destination.as_json(), "number": each.order_number, "state": each.state}
            for each in Parcel.objects.order_by("pk")
        ],
        "zones": [
            {"name": each.name, "countries": each.countries, "elsewhere": each.is_elsewhere}
            for each in there.zones
        ],
        "pickup_points": [
            {"name": each.name, "address": each.address, "hours": each.hours}
            for each in there.pickups
        ],
    }
