"""The mails about parcels: to who waits for one, and to the shop when one did not arrive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from core import days
from mail.services.outbox import post, post_to_creators
from shipping.models import Parcel
from shipping.rules import carrier_name, lines_of, tracking_url
from stores.scope import current_store
from stores.services.addresses import page_url
from stores.slots import MailKind

WORDS = ("title", "number", "customer_name", "address", "store_name", "order_url")
TRACKING = ("carrier", "tracking", "tracking_url")
KINDS = (
    MailKind(
        "parcel_packed",
        gettext_lazy("a parcel is packed"),
        WORDS,
        6,
        waits=True,
        when=gettext_lazy("When you say that something is packed, and tick that it is told."),
    ),
    MailKind(
        "parcel_sent",
        gettext_lazy("a parcel is on its way"),
        (*WORDS, *TRACKING),
        5,
        when=gettext_lazy("When you say that something was posted, or can be picked up."),
    ),
    MailKind(
        "parcel_arrived",
        gettext_lazy("a parcel arrived"),
        WORDS,
        6,
        waits=True,
        when=gettext_lazy("When you say that a parcel arrived."),
    ),
    MailKind(
        "parcel_again",
        gettext_lazy("a parcel is sent again"),
        WORDS,
        5,
        when=gettext_lazy("When a parcel was lost or came back, and you send another."),
    ),
    MailKind(
        "parcel_moved",
        gettext_lazy("the day of posting moved"),
        (*WORDS, "day"),
        5,
        when=gettext_lazy("When you move the first day of posting of what was sold already."),
    ),
    MailKind(
        "parcel_missing",
        gettext_lazy("a parcel did not arrive"),
        (*WORDS, "admin_url"),
        3,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When somebody says on their order's page that a parcel did not come."),
    ),
)


def packed(parcel: Parcel) -> None:
    """Tell that it is packed, once."""
    _post("parcel_packed", parcel)


def sent(parcel: Parcel) -> None:
    """Tell that it is on its way or lies ready, once for each time it was sent."""
    moment = parcel.sent_at.isoformat() if parcel.sent_at else ""
    _post("parcel_sent", parcel, again=f":{moment}")


def arrived(parcel: Parcel) -> None:
    """Tell that it arrived, once."""
    _post("parcel_arrived", parcel)


def again(parcel: Parcel) -> None:
    """Tell that another copy is on the list, once for each."""
    _post("parcel_again", parcel)


def moved(parcel: Parcel, now: datetime) -> None:
    """Tell that it is posted from another day on."""
    _post("parcel_moved", parcel, again=f":{now.isoformat()}")


def missing(parcel: Parcel) -> None:
    """Tell the shop that it did not arrive."""
    language = current_store().language
    place = page_url("admin:shipping_parcel_change", parcel.pk, language=language)
    post_to_creators(
        "parcel_missing",
        key=f"parcel_missing:{parcel.public_id}",
        context={**words_of(parcel, language), "admin_url": place},
    )


def _post(kind: str, parcel: Parcel, *, again: str = "") -> None:
    post(
        kind,
        key=f"{kind}:{parcel.public_id}{again}"[:120],
        to=parcel.customer.user.email,
        name=parcel.customer.name,
        language=parcel.language,
        context=words_of(parcel, parcel.language),
    )


def words_of(parcel: Parcel, language: str) -> dict[str, Any]:
    """Return what every mail about a parcel may say of it."""
    day = parcel.not_before
    point = parcel.pickup
    place = [point.name, point.address, point.hours] if point else lines_of(parcel.destination)
    return {
        "title": parcel.title,
        "number": parcel.order_number,
        "name": parcel.name,
        "customer_name": parcel.customer.name,
        "address": ", ".join(place),
        "is_fetched": point is not None,
        "carrier": carrier_name(parcel.carrier),
        "tracking": parcel.tracking,
        "tracking_url": tracking_url(parcel.carrier, parcel.tracking),
        "day": days.said(day, language) if day else "",
        "store_name": current_store().name,
        "order_url": page_url("payments:order", parcel.order_reference, language=language),
    }
