"""A gift of some weeks or months beside what its receiver has already: after it, never at once.

Who pays for the same thing again and again gets the gift with their next charge, which moves by its
length: one change at Stripe, as a rest is. So nobody pays for days that were given to them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from access.models import Access, SourceKind
from access.services import granting
from accounts.models import Customer
from payments.errors import CannotChange, PaymentError
from payments.models import Gift, OutboundCall, Subscription
from payments.querysets import GiftQuerySet
from payments.services.gifts import letters
from payments.services.subscriptions.asking import ask
from payments.services.subscriptions.settling import GIFT, GIFT_BACK, settle_moved
from products.models import Price, Product
from products.services.sales import access_ends
from stores.scope import current_store

NOTICE = timedelta(days=7)
"""So long before a charge that moves back its owner hears of it."""
ONCE_A_DAY = timedelta(days=1)
BATCH = 200
NOT_CERTAIN = gettext_lazy("What is owed waits until the next charge is certain.")
State = Subscription.State


def has_time(gift: Gift) -> bool:
    """Whether it was given for a number of weeks or months."""
    return bool(gift.line.length == Price.Length.PERIODS)


def free_from(customer: Customer, product: Product, now: datetime) -> datetime | None:
    """Return when what a customer has of a product ends or is to be paid again; now, where they
    have nothing; None where it is theirs without an end.
    """
    found = now
    theirs = Access.objects.standing().filter(customer=customer, product=product)
    for access in theirs.filter(Q(ends_at=None) | Q(ends_at__gt=now), suspended_at=None):
        end = access.ends_at
        if access.source_kind == SourceKind.SUBSCRIPTION and end is None:
            paying = Subscription.objects.filter(pk=access.source_id).first()
            end = paying.next_charge_at if paying is not None else None
        if end is None or access.awaits_id is not None:
            return None
        found = max(found, end)
    return found


def move_charges(now: datetime) -> None:
    """Do what is due in the store in scope; what was done is on the rows, so twice is once."""
    for gift in to_move(now)[:BATCH]:
        move(gift, now)
    for gift in to_move_back(now).select_related("moved", "line")[:BATCH]:
        _move_back(gift, now)
    for gift in to_begin(now).select_related("line")[:BATCH]:
        _begin(gift, now)


def stores_with_moves(now: datetime) -> set[int]:
    """Return the stores in which a charge is to be moved, or a gift begins earlier."""
    due = (to_move(now), to_move_back(now), to_begin(now))
    return {pk for rows in due for pk in rows.values_list("store_id", flat=True)}


def to_move(now: datetime) -> GiftQuerySet:
    """Return opened gifts whose time is not over, beside something that will be charged."""
    goes_on = Subscription.objects.going_on().filter(
        customer=OuterRef("claimed_by"), product=OuterRef("line__product")
    )
    found: GiftQuerySet = _running(now).filter(Exists(goes_on), moved=None)
    return found


def to_move_back(now: datetime) -> GiftQuerySet:
    """Return gifts whose money went back after a charge was moved for them."""
    found: GiftQuerySet = Gift.objects.filter(
        moved__ended_at=None,
        moved__ends_at=None,
        moved_until__gt=now,
        line__closed_at__isnull=False,
    )
    return found


def to_begin(now: datetime) -> GiftQuerySet:
    """Return opened gifts that wait for the end of something which has ended meanwhile."""
    has_something = Access.objects.live(now).filter(
        customer=OuterRef("claimed_by"), product=OuterRef("line__product")
    )
    found: GiftQuerySet = _running(now, starts_at__gt=now).exclude(Exists(has_something))
    return found


def move(gift: Gift, now: datetime) -> None:
    """Move the next charge of what its receiver pays by the gift's time, once."""
    paying = Subscription.objects.going_on().filter(
        customer=gift.claimed_by, product=gift.line.product_id
    )
    subscription: Subscription | None = paying.first()
    if subscription is None:
        return
    for call in subscription.calls.filter(key__startswith=f"{GIFT}-", state="answered"):
        settle_moved(call, now)
    refused = subscription.calls.filter(key__startswith=f"{GIFT}-", state="refused")
    if refused.filter(answered_at__gt=now - ONCE_A_DAY).exists():
        return
    try:
        _move(gift, subscription, now)
    except PaymentError:
        return  # written down, and asked again; or not possible yet


def _move(gift: Gift, subscription: Subscription, now: datetime) -> None:
    moved: dict[str, Any] = {}

    def params(locked: Subscription) -> dict[str, Any]:
        access, begins = access_of(gift), locked.next_charge_at
        assert access is not None and begins is not None  # noqa: S101, PT018 -- checked by _may_move
        until = _until(gift, access, begins, now)
        moved.update(
            pk=gift.pk,
            begun=access.starts_at <= now,
            **{"from": begins.isoformat(), "until": until.isoformat()},
        )
        return {"trial_end": int(until.timestamp()), "proration_behavior": "none"}

    def beside(_locked: Subscription, call: OutboundCall) -> None:
        call.body |= {GIFT: moved}
        call.save(update_fields=["body"])

    ask(
        subscription,
        GIFT,
        params,
        now=now,
        check=lambda locked: _may_move(gift, locked, now),
        beside=beside,
    )


def _until(gift: Gift, access: Access, begins: datetime, now: datetime) -> datetime:
    """Return when a charge at ``begins`` is due then: after the gift, or what is left of it."""
    if access.starts_at > now:
        whole = access_ends(gift.line, begins, current_store().zone)
        assert whole is not None  # noqa: S101 -- it has a length
        return whole
    assert access.ends_at is not None  # noqa: S101 -- it has a length
    return begins + (access.ends_at - now)


def _may_move(gift: Gift, subscription: Subscription, now: datetime) -> None:
    """Raise CannotChange unless it is certain when the next charge is, and nothing was moved."""
    is_calm = subscription.state(now) in {State.ACTIVE, State.TRIAL}
    fresh = Gift.objects.filter(pk=gift.pk, moved=None).exists()
    if not (is_calm and fresh and subscription.next_charge_at and access_of(gift)):
        raise CannotChange(NOT_CERTAIN)
    if subscription.rests_ahead(now):
        raise CannotChange(NOT_CERTAIN)


def _move_back(gift: Gift, now: datetime) -> None:
    """Let what was moved be charged when it would have been, but not within a week from now."""
    subscription = gift.moved
    if subscription is None or gift.moved_from is None or gift.moved_until is None:
        return
    unused = gift.moved_until - max(gift.moved_from, now)

    def at(locked: Subscription) -> datetime:
        assert locked.next_charge_at is not None  # noqa: S101 -- checked
        return max(locked.next_charge_at - unused, now + NOTICE)

    def check(locked: Subscription) -> None:
        is_calm = locked.state(now) in {State.ACTIVE, State.TRIAL}
        if not is_calm or locked.next_charge_at is None or at(locked) >= locked.next_charge_at:
            raise CannotChange(NOT_CERTAIN)

    def beside(locked: Subscription, call: OutboundCall) -> None:
        call.body |= {GIFT_BACK: gift.pk}
        call.save(update_fields=["body"])
        letters.taken_back(gift, locked, at(locked))

    try:
        ask(
            subscription,
            GIFT_BACK,
            lambda locked: {
                "trial_end": int(at(locked).timestamp()),
                "proration_behavior": "none",
            },
            now=now,
            check=check,
            beside=beside,
        )
    except PaymentError:
        return


def _begin(gift: Gift, now: datetime) -> None:
    """Let a gift begin now: what it was to come after is over."""
    access = access_of(gift)
    if access is not None and access.starts_at > now:
        ends_at = access_ends(gift.line, now, current_store().zone)
        granting.set_time(access, now, ends_at, now=now, because="gift")


def access_of(gift: Gift) -> Access | None:
    """Return what an opened gift gave and has not lost."""
    given = Access.objects.from_source(SourceKind.GIFT, gift.public_id).standing()
    found: Access | None = given.filter(parent=None).first()
    return found


def _running(now: datetime, **which: Any) -> GiftQuerySet:
    """Return opened gifts of a number of weeks or months that are not over."""
    stands = Access.objects.standing().filter(
        source_kind=SourceKind.GIFT,
        source_id=OuterRef("public_id"),
        product=OuterRef("line__product"),
        awaits=None,
        ends_at__gt=now,
        **which,
    )
    found: GiftQuerySet = Gift.objects.with_time().filter(Exists(stands), line__closed_at=None)
    return found.select_related("line__order", "claimed_by")
