"""A rest with a date: the next charge is moved, the place and the price are kept.

At Stripe it is a moved charge (``trial_end``): one mechanism for a rest and for what is owed, which
begins again by itself at its date, and goes together with leaving and staying. Pausing there would
end the paid period, and is refused with a schedule attached.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core import clock
from payments.errors import CannotChange
from payments.models import Subscription, SubscriptionTerms
from payments.services.subscriptions.asking import ask
from payments.services.subscriptions.deeds import RESTS, RETURNS
from payments.services.subscriptions.terms import store_terms
from stores.scope import current_store

A_YEAR = timedelta(days=365)


def rest(subscription: Subscription, months: int, *, now: datetime) -> Subscription:
    """Rest so many months from the end of what is paid; CannotChange says why not."""
    terms = store_terms()
    return ask(
        subscription,
        RESTS,
        lambda locked: _moved_to(ends_after(locked, months)),
        now=now,
        check=lambda locked: _may_rest(locked, terms, months, now),
        ours=lambda locked: {
            "rests_from": _begins(locked).isoformat(),
            "rests_until": ends_after(locked, months).isoformat(),
        },
    )


def come_back(subscription: Subscription, *, now: datetime, why: str = RETURNS) -> Subscription:
    """End a rest early: at once, with a charge; before it began nothing is charged earlier.

    Under another ``why`` no mail says so: it is a part of something else.
    """

    def params(locked: Subscription) -> dict[str, object]:
        begins = locked.rests_from
        return _moved_to(begins if begins is not None and now < begins else None)

    def ours(locked: Subscription) -> dict[str, str | None]:
        begins = locked.rests_from
        if begins is not None and now < begins:
            return {"rests_from": None, "rests_until": None}
        return {"rests_until": now.isoformat()}

    return ask(
        subscription,
        why,
        params,
        now=now,
        check=lambda locked: _is_resting(locked, now),
        ours=ours,
    )


def ends_after(subscription: Subscription, months: int) -> datetime:
    """Return when a rest of so many months would end."""
    return clock.add_period(_begins(subscription), "month", months, current_store().zone)


def why_not(subscription: Subscription, now: datetime) -> str:
    """Return in a sentence why there can be no rest now; empty when there can."""
    try:
        _may_rest(subscription, store_terms(), 1, now)
    except CannotChange as no:
        return str(no.sentence)
    return ""


def _begins(subscription: Subscription) -> datetime:
    """A rest begins with the end of what is paid."""
    begins = subscription.next_charge_at
    assert begins is not None  # noqa: S101 -- checked by _may_rest
    return begins


def _moved_to(moment: datetime | None) -> dict[str, object]:
    trial_end = "now" if moment is None else int(moment.timestamp())
    return {"trial_end": trial_end, "proration_behavior": "none"}


def _may_rest(
    subscription: Subscription, terms: SubscriptionTerms, months: int, now: datetime
) -> None:
    state = subscription.state(now)
    if state == Subscription.State.RESTING or (
        subscription.rests_until is not None and (now < subscription.rests_until)
    ):
        raise CannotChange(_("A rest is set already."))
    if state != Subscription.State.ACTIVE or subscription.next_charge_at is None:
        raise CannotChange(_("A rest is possible while it is paid and goes on."))
    if not 1 <= months <= terms.longest_rest:
        raise CannotChange(_("This is longer than a rest may be here."))
    rested = subscription.calls.filter(
        key__startswith=f"{RESTS}-", state="answered", created_at__gt=now - A_YEAR
    )
    if rested.count() >= terms.rests_a_year:
        raise CannotChange(_("All rests of this year are taken."))


def _is_resting(subscription: Subscription, now: datetime) -> None:
    if subscription.rests_until is None or subscription.rests_until <= now:
        raise CannotChange(_("There is no rest to end."))
