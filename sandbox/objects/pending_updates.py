"""Changes of a subscription that wait for their invoice to be paid."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.objects import subscription_states
from sandbox.wire import Json

PATIENCE = 23 * 3600


def hold(account: Account, body: Json, changed: Json) -> None:
    """Keep a change back: the subscription shows it, and goes on as it was. Nothing is stored."""
    at = account.now + PATIENCE
    body["pending_update"] = {
        "billing_cycle_anchor": None,
        "discount": None,
        "discounts": None,
        "expires_at": at,
        "metadata": None,
        "subscription_items": changed["items"]["data"],
        "trial_end": None,
        "trial_from_plan": None,
    }
    kept = {name: changed[name] for name in ("items", "billing_cycle_anchor")}
    account.save(body, pending=kept)
    account.schedule(at, "subscription.pending_update", body)


def apply(account: Account, body: Json) -> None:
    """Make the change: it is paid now."""
    with subscription_states.changing(account, body, pending=None):
        kept = account.private(body)["pending"]
        body |= {**kept, "pending_update": None}
        account.schedule(subscription_states.period(body)[1], "subscription.period", body)
    account.tell("customer.subscription.pending_update_applied", body)
