"""What happens to a parcel: it is put on the list, packed, sent, arrives, is lost, comes back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.services.finding.keeping import add_words, gather_anew
from core.phones import phone_digits
from products.contract import SoldLine
from products.errors import SoldOut
from products.models import Price
from products.services.sales import (
    copy_left,
    copy_never_left,
    copy_returned,
    take_another_copy,
)
from shipping.contract import ADDRESS_FIELDS, Destination
from shipping.errors import CannotChange
from shipping.models import Parcel
from shipping.querysets import WAITING, ParcelQuerySet
from shipping.services import letters
from shipping.services.places import where

State = Parcel.State


@transaction.atomic
def send_out(
    line: SoldLine,
    *,
    number: int,
    language: str,
    destination: Destination,
    not_before: date | None,
    now: datetime,
) -> Parcel:
    """Put a sold copy on the list to post, once; called off and sold again, it is back on it."""
    assert line.customer is not None  # noqa: S101 -- what is posted was paid for by somebody
    there = where()
    zone = there.zone_of(destination.country) if destination.country else None
    parcel, is_new = Parcel.objects.select_for_update(no_key=True).get_or_create(
        order_reference=line.order_reference,
        price=line.price,
        sending=1,
        defaults={
            "order_number": number,
            "product_id": line.product.pk,
            "customer": line.customer,
            "language": language,
            "title": line.product.title,
            "quantity": line.quantity,
            "zone": zone,
            "pickup": there.pickup_called(destination.pickup),
            "not_before": not_before,
            "created_at": now,
            **{name: getattr(destination, name) for name in ADDRESS_FIELDS},
        },
    )
    if not is_new and parcel.unsold_at is not None:
        _of_line(line).update(unsold_at=None)
        called_off = _of_line(line).filter(state=State.CANCELLED)
        called_off.update(state=State.TO_PACK, ended_at=None, packed_at=None)
        parcel.refresh_from_db()
    if is_new:
        add_words(line.customer, [phone_digits(destination.phone)])
    made: Parcel = parcel
    return made


@transaction.atomic
def call_off(line: SoldLine, *, now: datetime) -> None:
    """Take a copy whose money went back off the list; what left already is only noted."""
    mine = _of_line(line)
    mine.filter(state__in=WAITING).update(state=State.CANCELLED, ended_at=now)
    mine.filter(unsold_at=None).update(unsold_at=now)


def keep_on_hold(line: SoldLine, since: datetime | None) -> None:
    """Keep a line's copies from leaving while a bank asks about their payment, or let them go."""
    _of_line(line).update(held_at=since)


def _of_line(line: SoldLine) -> ParcelQuerySet:
    mine: ParcelQuerySet = Parcel.objects.filter(
        order_reference=line.order_reference, price=line.price
    )
    return mine


def _locked(parcel: Parcel, *states: str) -> Parcel:
    """Return the parcel, locked, if it is in one of these states; CannotChange otherwise."""
    found: Parcel = Parcel.objects.select_for_update(no_key=True).get(pk=parcel.pk)
    if found.state not in states:
        words = {"state": found.get_state_display()}
        raise CannotChange(_("This parcel is somewhere else already: %(state)s.") % words)
    return found


@transaction.atomic
def pack(parcel: Parcel, *, tells: bool, now: datetime) -> Parcel:
    """Say that it is packed; whoever gets it hears of it where that is wanted."""
    found = _locked(parcel, State.TO_PACK)
    found.state, found.packed_at = State.PACKED, now
    found.save(update_fields=["state", "packed_at"])
    if tells:
        letters.packed(found)
    return found


@transaction.atomic
def mark_sent(parcel: Parcel, *, carrier: str, tracking: str, now: datetime) -> Parcel:
    """Say that it was posted (or lies ready to be fetched), and tell its buyer once."""
    found = _locked(parcel, *WAITING)
    found.state, found.sent_at = State.SENT, now
    found.carrier, found.tracking = carrier, tracking
    found.save(update_fields=["state", "sent_at", "carrier", "tracking"])
    copy_left(found.price, found.hold_reference)
    letters.sent(found)
    return found


@transaction.atomic
def not_sent(parcel: Parcel) -> Parcel:
    """Undo ``mark_sent``, which was said of the wrong one; its mail goes out again later."""
    found = _locked(parcel, State.SENT)
    found.state, found.sent_at, found.missing_at = State.TO_PACK, None, None
    if found.unsold_at is not None:
        found.state, found.ended_at = State.CANCELLED, found.unsold_at
    found.carrier = found.tracking = ""
    fields = ["state", "sent_at", "missing_at", "ended_at", "carrier", "tracking"]
    found.save(update_fields=fields)
    copy_never_left(found.price, found.hold_reference)
    return found


@transaction.atomic
def mark_arrived(parcel: Parcel, *, now: datetime, tells: bool = True) -> Parcel:
    """Say that it arrived; its buyer is thanked, unless it was they who said so."""
    found = _locked(parcel, State.SENT)
    found.state, found.arrived_at, found.missing_at = State.ARRIVED, now, None
    found.save(update_fields=["state", "arrived_at", "missing_at"])
    if tells:
        letters.arrived(found)
    return found


@transaction.atomic
def send_again(parcel: Parcel, *, now: datetime) -> Parcel:
    """Give a parcel up as lost (or take one that came back) and put another copy on the list.

    The new one is a row of the same line and takes a copy of the stock; SoldOut becomes a
    CannotChange that says so. Its buyer is told.
    """
    found = _locked(parcel, State.SENT, State.BACK, State.LOST)
    if found.unsold_at is not None:
        raise CannotChange(_("Its money went back, so nothing is sent again."))
    rows = Parcel.objects.filter(order_reference=found.order_reference, price=found.price)
    last = rows.aggregate(last=Max("sending"))["last"]
    if last != found.sending:
        raise CannotChange(_("It was sent again already."))
    if found.state == State.SENT:
        found.state, found.ended_at, found.missing_at = State.LOST, now, None
        found.save(update_fields=["state", "ended_at", "missing_at"])
    again = _copy_of(found, last + 1, now)
    try:
        take_another_copy(again.price, again.public_id, quantity=again.quantity, now=now)
    except SoldOut as none_left:
        words = _("No copy is left to send. Add to the stock, or give the money back.")
        raise CannotChange(words) from none_left
    letters.again(again)
    return again


def _copy_of(parcel: Parcel, sending: int, now: datetime) -> Parcel:
    same: tuple[str, ...] = (
        "order_reference",
        "order_number",
        "price",
        "product",
        "customer",
        "language",
    )
    same += ("title", "quantity", "zone", "pickup", *ADDRESS_FIELDS)
    values = {name: getattr(parcel, name) for name in same}
    made: Parcel = Parcel.objects.create(**values, sending=sending, created_at=now)
    return made


@transaction.atomic
def came_back(parcel: Parcel, *, is_fit: bool, now: datetime) -> Parcel:
    """Take in a copy that came back: into the stock where it can be sold again.

    What was bought digital stays open: only its money going back closes it.
    """
    found = _locked(parcel, State.SENT, State.ARRIVED)
    found.state, found.ended_at, found.missing_at = State.BACK, now, None
    found.save(update_fields=["state", "ended_at", "missing_at"])
    if is_fit:
        copy_returned(found.price, found.hold_reference)
    return found


@transaction.atomic
def report_missing(parcel: Parcel, *, now: datetime) -> Parcel:
    """Write down that whoever waits for it says it did not arrive; the shop is told once."""
    found = _locked(parcel, State.SENT)
    if found.missing_at is None:
        found.missing_at = now
        found.save(update_fields=["missing_at"])
        letters.missing(found)
    return found


@transaction.atomic
def change_address(parcel: Parcel, destination: Destination) -> Parcel:
    """Put an address right while the parcel has not left.

    What posting cost stays as it was paid, so the place stays in the zone it was paid for;
    CannotChange says so.
    """
    found = _locked(parcel, *WAITING)
    there = where()
    zone = there.zone_of(destination.country) if destination.country else None
    if not destination.pickup and (zone is None or zone.pk != found.zone_id):
        raise CannotChange(_("Posting costs something else there. Write to the shop instead."))
    for name in ADDRESS_FIELDS:
        setattr(found, name, getattr(destination, name))
    found.pickup = there.pickup_called(destination.pickup)
    found.save(update_fields=[*ADDRESS_FIELDS, "pickup"])
    gather_anew([found.customer_id])
    return found


def received_at(order_reference: str, price: Price) -> datetime | None:
    """Return when the last copy of a line reached its buyer; None while none has."""
    mine = Parcel.objects.filter(order_reference=order_reference, price=price)
    last = mine.filter(arrived_at__isnull=False).order_by("arrived_at").last()
    return last.arrived_at if last is not None else None


def move_parcels(order_reference: str, customer: Customer) -> None:
    """Let an order's parcels follow it to another customer; the address stays as it was given."""
    Parcel.objects.filter(order_reference=order_reference).update(customer=customer)


@transaction.atomic
def move_day(product_id: int, day: date | None, *, now: datetime) -> int:
    """Move the first day of posting of what was sold ahead; each buyer hears of it. How many."""
    waiting = Parcel.objects.to_post().filter(product=product_id, not_before__isnull=False)
    moved = list(waiting.select_for_update(no_key=True).exclude(not_before=day))
    for parcel in moved:
        parcel.not_before = day
        parcel.save(update_fields=["not_before"])
        letters.moved(parcel, now)
    return len(moved)
