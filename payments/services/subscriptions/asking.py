"""Asking Stripe for a change: written down first, made once, and then looked at.

What we change in our own row by it (a rest) is written when Stripe has answered, so a change that
was refused changed nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import tokens
from payments.errors import CannotChange, TryLater
from payments.models import OutboundCall, Subscription
from payments.services import outbound
from payments.services.instalments.standing import is_planned
from payments.services.subscriptions.deeds import ENDS
from payments.services.subscriptions.settling import settle_moved
from payments.services.sync import sync_invoice, sync_subscription

Check = Callable[[Subscription], None]
Params = dict[str, Any]
UPDATE, CANCEL, VOID = "update", "cancel", "void"
OF_A_PLAN = ("unpaid", ENDS)
"""What can be asked for where there are so many charges and no more: an end."""
OF_CHARGES = gettext_lazy("It is paid in monthly charges, and they end by themselves.")


def ask(
    subscription: Subscription,
    why: str,
    params: Params | Callable[[Subscription], Params],
    *,
    now: datetime,
    check: Check,
    do: str = UPDATE,
    ours: Callable[[Subscription], Params] | None = None,
    beside: Callable[[Subscription, OutboundCall], None] | None = None,
) -> Subscription:
    """Change a subscription at Stripe and return how it stands then.

    ``why`` names the change in the call's key. ``check`` raises CannotChange under the row's lock
    and says why it cannot be now; ``ours`` returns columns of our own that go with it, moments as
    ISO 8601; ``beside`` writes rows of its own in the call's transaction. TryLater when there was
    no answer: the reconciler asks again with the same key.
    """
    call = write_down(
        subscription, why, params, now=now, check=check, do=do, ours=ours, beside=beside
    )
    send(call, now)
    subscription.refresh_from_db()
    return subscription


def send(call: OutboundCall, now: datetime) -> None:
    """Make a written-down change, or repeat it, and look at what it did."""
    assert call.subscription is not None  # noqa: S101 -- it is a change of one
    outbound.make(call, now)
    if call.body["do"] == VOID:
        sync_invoice(call.stripe_account, call.body["invoice"], now)
        return
    settle_moved(call, now)
    sync_subscription(call.stripe_account, call.subscription.stripe_id, now)


@transaction.atomic
def write_down(
    subscription: Subscription,
    why: str,
    params: Params | Callable[[Subscription], Params],
    *,
    now: datetime,
    check: Check,
    do: str = UPDATE,
    ours: Callable[[Subscription], Params] | None = None,
    beside: Callable[[Subscription, OutboundCall], None] | None = None,
    by: str = "",
) -> OutboundCall:
    """Write a change down without asking for it yet, as ``ask`` does; ``send`` it afterwards.

    What is never sent the reconciler sends. ``by`` is who of the staff does it.
    """
    locked: Subscription = Subscription.objects.select_for_update(no_key=True).get(
        pk=subscription.pk
    )
    if locked.ended_at is not None:
        raise CannotChange(_("It has ended already."))
    if is_planned(locked) and why not in OF_A_PLAN:
        raise CannotChange(OF_CHARGES)
    if _is_changing(locked):
        raise TryLater(_("An earlier change is still on its way. Try again in a few minutes."))
    check(locked)
    call: OutboundCall = OutboundCall.objects.create(
        kind=OutboundCall.Kind.CHANGE,
        order=locked.order,
        subscription=locked,
        stripe_account=locked.stripe_account,
        key=f"{why}-{locked.public_id}-{tokens.public_id()}",
        body={
            "do": do,
            "params": params(locked) if callable(params) else params,
            "ours": ours(locked) if ours else {},
            "by": by,
        },
        created_at=now,
        next_attempt_at=now + outbound.FIRST_REPEAT,
    )
    if beside is not None:
        beside(locked, call)
    return call


def _is_changing(subscription: Subscription) -> bool:
    """Whether a change waits for its answer, or was answered and not looked at yet."""
    last: OutboundCall | None = subscription.calls.order_by("-pk").first()
    if last is None:
        return False
    if subscription.calls.filter(state=OutboundCall.State.WAITING).exists():
        return True
    return bool(last.body.get("version") == subscription.sync_version)
