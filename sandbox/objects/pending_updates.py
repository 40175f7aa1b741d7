"""Changes of a subscription that wait for their invoice to be paid."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.objects import subscription_states
from sandbox.wire import Json

PATIENCE = 23 * 3600


def hold(account: Account, body: Json, changed: Json, invoice: Json) -> None:
    """Keep a change back until the invoice is paid: the subscription shows it, and goes on."""
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
    account.save(body, pending={"change": kept, "invoice": invoice["id"], "waits": False})
    account.schedule(at, "subscription.pending_update", body)


def wait(account: Account, body: Json) -> None:
    """Note that the card did not pay at once; the change is told of when it is made."""
    account.save(body, pending={**account.private(body)["pending"], "waits": True})


def is_for(account: Account, body: Json, invoice: Json) -> bool:
    """Tell whether an invoice is what a change of the subscription waits for."""
    pending = account.private(body).get("pending") or {}
    return bool(body["pending_update"] and pending["invoice"] == invoice["id"])


def apply(account: Account, body: Json) -> None:
    """Make the change: it is paid now."""
    pending = account.private(body)["pending"]
    start, end = subscription_states.period(body)
    with subscription_states.changing(account, body, pending=None):
        is_reset = pending["change"]["billing_cycle_anchor"] != body["billing_cycle_anchor"]
        body |= {**pending["change"], "pending_update": None}
        if not is_reset:
            subscription_states.set_period(body, start, end)
    account.schedule(subscription_states.period(body)[1], "subscription.period", body)
    if pending["waits"]:
        account.tell("customer.subscription.pending_update_applied", body)
