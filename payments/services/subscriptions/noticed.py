"""What a cancel notice stopped, as the subscription's own services see it."""

from __future__ import annotations

from datetime import datetime

from payments.models import CancelNotice, Stop, Subscription


def stop_of(subscription: Subscription) -> Stop | None:
    """Return what stopped a subscription by notice, unless that was undone."""
    found: Stop | None = (
        Stop.objects.standing()
        .filter(subscription=subscription)
        .select_related("notice", "subscription__product", "subscription__price")
        .first()
    )
    return found


def see_state(subscription: Subscription, *, was_leaving: bool, now: datetime) -> bool:
    """Undo a stop where it goes on after all, also when that was done at Stripe.

    Returns whether a notice stops it. The subscription is locked.
    """
    stopped = stop_of(subscription)
    if stopped is None:
        return False
    goes_on = subscription.ends_at is None and subscription.ended_at is None
    if not (was_leaving and goes_on):
        return True
    undo(stopped, now)
    return False


def undo(stopped: Stop, now: datetime) -> None:
    """Write that a stop was undone, and its notice with the last one."""
    Stop.objects.filter(pk=stopped.pk, undone_at=None).update(undone_at=now)
    notice = stopped.notice
    if not notice.stops.standing().exists() and not notice.cancelled.filter(undone_at=None):
        CancelNotice.objects.filter(pk=notice.pk).update(
            state=CancelNotice.State.KEPT, answered_at=now
        )


def takes_back(subscription: Subscription) -> dict[str, object]:
    """Return what undoes the end that is set: of a day where a notice set one."""
    if stop_of(subscription) is not None:
        return {"cancel_at": ""}
    return {"cancel_at_period_end": False}
