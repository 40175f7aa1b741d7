"""Orders and what they gave, moved to another address of the same store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from access.errors import AlreadyTheirs
from access.models import Access, AccessEvent, SourceKind
from access.services.moving import MOVED, move
from accounts.models import Customer
from accounts.services.finding.keeping import gather_anew
from core import tokens
from payments.errors import CannotMove
from payments.models import Order, TeamPlace
from payments.services import letters
from payments.services.accounts import customer_at
from payments.services.fulfilment import accesses_of
from payments.services.teams.places import follow_holder, hand_over_team
from shipping.services.parcels import move_parcels

MOST_MENDS = 2
MOVABLE = (Order.Status.PAID, Order.Status.PARTLY_REFUNDED)


@dataclass(frozen=True)
class Move:
    """What a move would do, before it is done."""

    titles: Sequence[str]
    from_address: str
    to_address: str
    is_new_here: bool
    """Whether the receiver is no customer of the store yet."""
    was_opened: bool
    also_theirs: Sequence[str] = field(default=())
    """What the receiver has already, from elsewhere: they will have it twice."""


def was_opened(order: Order) -> bool:
    """Whether anything the order gave was opened, by anybody."""
    is_given_out = TeamPlace.objects.taken().filter(team__line__order=order).exists()
    return is_given_out or any(each.first_opened_at is not None for each in accesses_of(order))


def may_mend(order: Order) -> bool:
    """Whether its buyer may still mend its address: until the first opening, and twice at most."""
    is_early = order.status in MOVABLE and order.address_mends < MOST_MENDS
    return is_early and not was_opened(order)


@transaction.atomic
def mend_address(order: Order, email: str, *, now: datetime) -> Order:
    """Send what an order gave, and its receipt, to the address its buyer meant; once per address.

    For the browser that placed the order: only what this very order gave moves, and only while
    nothing of it was opened. CannotMove says why not.
    """
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if locked.email == email:
        return locked
    if not may_mend(locked):
        raise CannotMove(_("It was opened already, or mended twice. Write to the shop instead."))
    locked.address_mends += 1
    locked.save(update_fields=["address_mends"])
    return _move(locked, email, now=now, by="", because=_("a mistyped address"))


@transaction.atomic
def move_order(order: Order, email: str, *, by: str, now: datetime, because: str = "") -> Order:
    """Move an order and all it gave to another address of this store; both are told.

    What was issued for it stays as it is. Moving it where it is already is nothing; moving it
    back undoes it. CannotMove says why not.
    """
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if locked.email == email and locked.customer and locked.customer.user.email == email:
        return locked
    if locked.status not in MOVABLE:
        raise CannotMove(_("Only an order that was paid can be moved."))
    # Whoever placed it cannot take it back from their own browser.
    Order.objects.filter(pk=locked.pk).update(address_mends=MOST_MENDS)
    return _move(locked, email, now=now, by=by, because=because)


@transaction.atomic
def move_access(access: Access, email: str, *, by: str, now: datetime, because: str = "") -> Access:
    """Move one access, with what it includes, to another address of this store; both are told."""
    giver = access.customer
    if giver.user.email == email:
        return access
    receiver = customer_at(email, "", giver.language)
    if not _hand_over([access], receiver, now=now, by=by, because=because):
        return access  # somebody else moved it a moment ago
    follow_holder(access, receiver)
    access.refresh_from_db()
    key = f"{access.public_id}:{tokens.public_id()}"
    letters.moved([access.product.title], to=giver, key=f"away:{key}", is_away=True)
    letters.moved([access.product.title], to=receiver, key=f"here:{key}", is_away=False)
    return access


def preview(accesses: Sequence[Access], from_address: str, to_address: str) -> Move:
    """Return what moving these would do, in facts."""
    receiver = Customer.objects.filter(user__email=to_address).first()
    products = [access.product_id for access in accesses]
    theirs = Access.objects.standing().filter(customer=receiver, product__in=products)
    return Move(
        titles=[access.product.title for access in accesses if access.parent_id is None],
        from_address=from_address,
        to_address=to_address,
        is_new_here=receiver is None,
        was_opened=any(access.first_opened_at is not None for access in accesses),
        also_theirs=[each.product.title for each in theirs.select_related("product")]
        if receiver
        else [],
    )


def came_from(accesses: Sequence[Access]) -> Customer | None:
    """Return who had these before they were last moved, if they ever were and are still here."""
    last = AccessEvent.objects.filter(access__in=accesses, what=MOVED).order_by("-id").first()
    if last is None:
        return None
    found: Customer | None = (
        Customer.objects.filter(public_id=last.before.get("customer", ""), erased_at=None)
        .select_related("user")
        .first()
    )
    return found


def _move(order: Order, email: str, *, now: datetime, by: str, because: str) -> Order:
    giver, old_email = order.customer, order.email
    is_fresh = not was_opened(order)
    receiver = customer_at(email, order.name, order.language)
    _hand_over(_of_lines(order), receiver, now=now, by=by, because=because)
    order.customer, order.email = receiver, email
    order.save(update_fields=["customer", "email"])
    move_parcels(order.public_id, receiver)
    gather_anew([each.pk for each in (giver, receiver) if each is not None])
    hand_over_team(order, receiver)
    key = f"{order.public_id}:{tokens.public_id()}"
    titles = [line.title for line in order.lines.all()]
    if old_email != email and giver is not None:
        letters.moved(titles, to=giver, key=f"away:{key}", is_away=True, order=order)
    if is_fresh:
        letters.receipt(order, accesses_of(order), now, again=f":{tokens.public_id()}")
    else:
        letters.moved(titles, to=receiver, key=f"here:{key}", is_away=False, order=order)
    return order


def _of_lines(order: Order) -> list[Access]:
    """Return everything the order's lines gave, taken back or not: a failed refund reopens it."""
    lines = [str(pk) for pk in order.lines.values_list("pk", flat=True)]
    return list(Access.objects.filter(source_kind=SourceKind.ORDER_LINE, source_id__in=lines))


def _hand_over(
    accesses: Sequence[Access], receiver: Customer, *, now: datetime, by: str, because: str
) -> list[Access]:
    try:
        return move(accesses, receiver, now=now, by=by, because=because)
    except AlreadyTheirs as error:
        titles = ", ".join(sorted({access.product.title for access in error.accesses}))
        words = _("They have “%(titles)s” from this very purchase already.")
        raise CannotMove(words % {"titles": titles}) from error
