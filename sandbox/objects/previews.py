"""Previews: the invoice that would come, of a subscription as it is or as it might be changed."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.objects import (
    fields,
    invoice_bodies,
    invoice_items,
    prorations,
    revisions,
    subscription_discounts,
    subscription_states,
)
from sandbox.routing import Route
from sandbox.wire import Json

DETAILS = f"{revisions.PARAMS} cancel_now cancel_at_period_end"


def create(account: Account, params: Json) -> Json:
    """Return the invoice that would come; nothing is stored."""
    fields.need(params, "subscription")
    body = account.get("subscription", params["subscription"], param="subscription")
    if params.get("customer", body["customer"]) != body["customer"]:
        raise InvalidRequest("The subscription is another customer's.", param="customer")
    details = fields.only(params.get("subscription_details"), DETAILS, "subscription_details")
    if subscription_states.is_over(body):
        raise _none()
    waiting = invoice_items.waiting(account, body)
    if details.pop("cancel_now", False):
        items = subscription_states.items(body)
        return _shown(account, body, [*waiting, *_unused(account, body, items, details)])
    leaves = details.pop("cancel_at_period_end", body["cancel_at_period_end"])
    revision = revisions.revise(account, body, details)
    rows = [*waiting, *revision.rows]
    if not revision.is_billed_now:
        if leaves and not rows:
            raise _none()
        if not leaves:
            rows += revisions.next_rows(account, revision.body)
            _, end = subscription_states.period(revision.body)
            subscription_discounts.settle(account, revision.body, end)
    return _shown(account, revision.body, rows)


def _unused(account: Account, body: Json, items: list[Json], details: Json) -> list[Json]:
    if details.get("proration_behavior") == revisions.NO_PRORATION:
        return []
    return prorations.credit(account, body, items, details.get("proration_date", account.now))


def _shown(account: Account, body: Json, rows: list[Json]) -> Json:
    invoice = invoice_bodies.new(account, body, rows, "upcoming")
    due = max(0, invoice["total"] + invoice["starting_balance"])
    return invoice | {
        "id": f"upcoming_{invoice['id']}",
        "amount_due": due,
        "amount_remaining": due,
        "ending_balance": invoice["total"] + invoice["starting_balance"] - due,
    }


def _none() -> InvalidRequest:
    return InvalidRequest(
        "No upcoming invoices for this subscription.", code="invoice_upcoming_none"
    )


ROUTES = (
    Route(
        "post",
        "/v1/invoices/create_preview",
        create,
        "customer subscription subscription_details",
    ),
)
