"""How a parcel stands, in sentences: for who waits for it and for who posts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.prepared import Among, Prepared, padded
from shipping.models import Parcel
from shipping.rules import carrier_name, lines_of, tracking_url
from stores.scope import current_store

if TYPE_CHECKING:
    from access.models import Access

State = Parcel.State
TONES = {
    State.TO_PACK: "warn",
    State.PACKED: "warn",
    State.ARRIVED: "good",
    State.LOST: "bad",
}


@dataclass(frozen=True)
class ParcelRow:
    """A parcel as its buyer sees it on the order's page."""

    title: str
    state: str
    place: list[str]
    is_fetched: bool
    carrier: str
    tracking: str
    tracking_url: str
    address_url: str
    """Where the address is put right; empty once it has left."""
    missing_url: str
    """Where its buyer says that it did not arrive; empty while it cannot have, or was said."""
    arrived_url: str
    note: str = ""


def parcels_of(order_reference: str) -> list[ParcelRow]:
    """Return an order's parcels for its buyer, in the order in which they were made."""
    found = Parcel.objects.filter(order_reference=order_reference).select_related("pickup")
    return [row_of(parcel) for parcel in found.order_by("pk")]


def row_of(parcel: Parcel) -> ParcelRow:
    """Return one parcel for its buyer."""
    point = parcel.pickup
    place = [point.name, point.address, point.hours] if point else lines_of(parcel.destination)
    on_its_way = parcel.state == State.SENT and parcel.unsold_at is None
    here = [parcel.order_reference, parcel.public_id]
    return ParcelRow(
        title=parcel.title if parcel.quantity == 1 else f"{parcel.title} × {parcel.quantity}",
        state=state_in_words(parcel),
        place=place,
        is_fetched=point is not None,
        carrier=carrier_name(parcel.carrier),
        tracking=parcel.tracking,
        tracking_url=tracking_url(parcel.carrier, parcel.tracking),
        address_url=reverse("payments:parcel-address", args=here) if parcel.is_waiting else "",
        missing_url=reverse("payments:parcel-missing", args=here)
        if on_its_way and parcel.missing_at is None
        else "",
        arrived_url=reverse("payments:parcel-arrived", args=here) if on_its_way else "",
        note=_("You said that it did not arrive. The shop knows, and writes to you.")
        if on_its_way and parcel.missing_at is not None
        else "",
    )


def state_in_words(parcel: Parcel) -> str:
    """Return where a parcel is, with the day of it, in one sentence."""
    fetched = parcel.pickup_id is not None
    if parcel.state == State.SENT:
        words = {"day": day_of(parcel.sent_at)}
        if fetched:
            return _("Ready to be picked up since %(day)s.") % words
        return _("Posted on %(day)s.") % words
    if parcel.state == State.ARRIVED:
        words = {"day": day_of(parcel.arrived_at)}
        if fetched:
            return _("Picked up on %(day)s.") % words
        return _("Arrived on %(day)s.") % words
    if parcel.is_waiting and parcel.not_before is not None:
        return _("Posted from %(day)s on.") % {"day": formats.date_format(parcel.not_before)}
    sentences = {
        State.TO_PACK: _("It is waiting to be packed."),
        State.PACKED: _("It is packed and leaves with the next post."),
        State.LOST: _("It was lost on the way. Another copy is sent."),
        State.BACK: _("It came back to the shop."),
        State.CANCELLED: _("It is not posted: its money went back."),
    }
    return sentences[State(parcel.state)]


def day_of(moment: datetime | None) -> str:
    """Return the day of a moment in the store's zone."""
    return formats.date_format(moment.astimezone(current_store().zone)) if moment else ""


def state_of(parcel: Parcel, today: date) -> tuple[str, str]:
    """Return a parcel's state in a word or two for the shop, and the tone of it."""
    state = State(parcel.state)
    if state == State.SENT and parcel.missing_at is not None:
        return _("did not arrive"), "bad"
    if state in {State.SENT, State.ARRIVED} and parcel.unsold_at is not None:
        return _("paid back, the copy is out"), "warn"
    if parcel.is_waiting and parcel.held_at is not None:
        return _("on hold: a bank asks"), "bad"
    if parcel.is_waiting and parcel.not_before is not None and parcel.not_before > today:
        return _("not before %(day)s") % {"day": formats.date_format(parcel.not_before)}, ""
    if parcel.pickup_id is not None and state in {State.SENT, State.ARRIVED}:
        words = {State.SENT: pgettext("parcel", "ready"), State.ARRIVED: _("picked up")}
        return words[state], TONES.get(state, "")
    return parcel.get_state_display(), TONES.get(state, "")


TO_COME = Prepared(
    lambda customers, products: (
        Parcel.objects.open()
        .filter(
            Among("customer_id", "customers", customers),
            Among("product_id", "products", products),
            unsold_at=None,
        )
        .order_by("pk")
    )
)


def posted_news(accesses: Sequence[Access]) -> dict[tuple[int, int], str]:
    """Return how the printed copies stand that are still to come, by customer and product."""
    if not accesses:
        return {}
    customers = padded(sorted({access.customer_id for access in accesses}))
    products = padded(sorted({access.product_id for access in accesses}))
    rows = TO_COME.rows(len(customers), len(products), customers=customers, products=products)
    return {
        (each.customer_id, each.product_id): _("In print: %(state)s") % {"state": _lower(each)}
        for each in rows
    }


def _lower(parcel: Parcel) -> str:
    said = state_in_words(parcel)
    return said[:1].lower() + said[1:]
