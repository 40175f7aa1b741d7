"""All operations of the API, and the jobs of its objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sandbox.account import Account
from sandbox.errors import NotFound
from sandbox.objects import (
    balance,
    charges,
    checkout_sessions,
    collecting,
    coupons,
    credit_notes,
    customers,
    disputes,
    events,
    invoice_items,
    invoice_payments,
    invoices,
    pausing,
    payment_intents,
    payment_methods,
    portal_sessions,
    previews,
    prices,
    products,
    promotion_codes,
    refunds,
    renewals,
    setup_intents,
    subscription_changes,
    subscription_items,
    subscription_schedules,
    subscriptions,
    webhook_endpoints,
)
from sandbox.routing import Route

ROUTES = (
    *checkout_sessions.ROUTES,
    *customers.ROUTES,
    *products.ROUTES,
    *prices.ROUTES,
    *coupons.ROUTES,
    *promotion_codes.ROUTES,
    *payment_intents.ROUTES,
    *setup_intents.ROUTES,
    *payment_methods.ROUTES,
    *charges.ROUTES,
    *refunds.ROUTES,
    *disputes.ROUTES,
    *subscriptions.ROUTES,
    *subscription_changes.ROUTES,
    *pausing.ROUTES,
    *subscription_schedules.ROUTES,
    *subscription_items.ROUTES,
    *previews.ROUTES,
    *invoices.ROUTES,
    *credit_notes.ROUTES,
    *portal_sessions.ROUTES,
    *invoice_items.ROUTES,
    *invoice_payments.ROUTES,
    *balance.ROUTES,
    *events.ROUTES,
    *webhook_endpoints.ROUTES,
)
JOBS: dict[str, Callable[[Account, str], None]] = {
    **checkout_sessions.JOBS,
    **refunds.JOBS,
    **disputes.JOBS,
    **balance.JOBS,
    **renewals.JOBS,
    **subscription_changes.JOBS,
    **subscription_schedules.JOBS,
    **collecting.JOBS,
    **coupons.JOBS,
    **promotion_codes.JOBS,
}


class Match(NamedTuple):
    """A route and the ids that stand in the path."""

    route: Route
    ids: tuple[str, ...]


def find(method: str, path: str) -> Match:
    """Return the operation; raises NotFound for all that Stripe has and the sandbox has not."""
    for route in ROUTES:
        ids = route.match(path) if route.verb == method.lower() else None
        if ids is not None:
            return Match(route, ids)
    raise NotFound(
        f"Unrecognized request URL ({method}: {path}). It is not in the sandbox.",
        code="not_in_the_sandbox",
    )
