"""How a checkout session of mode `subscription` becomes a subscription."""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox import rhythm
from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.objects import (
    charging,
    coupons,
    discounts,
    fields,
    invoice_bodies,
    payment_intents,
    renewals,
    setup_intents,
    subscription_discounts,
    subscription_items,
    subscription_states,
)
from sandbox.wire import Json


class Promise(NamedTuple):
    """What a subscription will charge when next, and how often from then on."""

    recurring: Json
    amount: int
    at: int
    is_trial: bool


TERMS = "metadata description trial_period_days trial_end trial_settings billing_mode"
SHORTEST_TRIAL = 48 * 3600
LONGEST_TRIAL = 730


def terms(account: Account, params: Json) -> Json:
    """Return the `subscription_data` of a new session; raises for what cannot be."""
    given = fields.only(params.get("subscription_data"), TERMS, "subscription_data")
    if given.get("billing_mode", {}).get("type", "flexible") != "flexible":
        raise InvalidRequest(
            "The sandbox bills flexibly.", param="subscription_data[billing_mode][type]"
        )
    given["metadata"] = fields.metadata(given.get("metadata"))
    if "trial_period_days" in given and "trial_end" in given:
        raise InvalidRequest(
            "You may only specify one of these parameters: trial_end, trial_period_days.",
            param="subscription_data[trial_end]",
        )
    if not 1 <= given.get("trial_period_days", 1) <= LONGEST_TRIAL:
        raise InvalidRequest(
            f"A trial has from 1 to {LONGEST_TRIAL} days.",
            param="subscription_data[trial_period_days]",
        )
    if given.get("trial_end", account.now + SHORTEST_TRIAL) < account.now + SHORTEST_TRIAL:
        raise InvalidRequest(
            "The `trial_end` date has to be at least 2 days in the future.",
            param="subscription_data[trial_end]",
        )
    return given


def trial_end(account: Account, terms: Json) -> int | None:
    """Return when a trial that begins now ends, if there is one."""
    if days := terms.get("trial_period_days"):
        return int(account.now + days * rhythm.DAY)
    return terms.get("trial_end")


def promise(account: Account, session: Json) -> Promise:
    """Return what the customer agrees to: how often, and how much when next."""
    private = account.private(session)
    items = [one for one in private["items"] if one["price"]["recurring"]]
    ends = trial_end(account, private["terms"])
    amounts = [one["price"]["unit_amount"] * one["quantity"] for one in items]
    reduction = discounts.of_session(account, session)
    recurring = items[0]["price"]["recurring"]
    at = ends or rhythm.next_after(account.now, recurring, account.now)
    if reduction and _lasts(account, reduction.coupon, at, is_first=bool(ends)):
        named = (coupons.products_of(account, reduction.coupon) or {}).get("products")
        meant = [i for i, one in enumerate(items) if not named or one["price"]["product"] in named]
        taken = discounts.taken(reduction.coupon, [amounts[i] for i in meant])
        for index, off in zip(meant, taken, strict=True):
            amounts[index] -= off
    return Promise(recurring, sum(amounts), at, bool(ends))


def _lasts(account: Account, coupon: Json, at: int, *, is_first: bool) -> bool:
    """Tell whether a coupon used now still counts for the next charge."""
    if coupon["duration"] == "once":
        return is_first
    months = coupon["duration_in_months"]
    return months is None or rhythm.step(account.now, "month", months) > at


def attempt(account: Account, session: Json, method: Json, return_url: str) -> Json:
    """Try the card for what is due now, or only keep it when nothing is."""
    attempted = attempted_by(account, session)
    if session["amount_total"] == 0:
        kept = attempted if attempted and attempted["object"] == "setup_intent" else None
        kept = kept or setup_intents.insert(account, {}, session=session["id"])
        kept["customer"] = session["customer"]
        account.save(session, attempt=kept["id"])
        return setup_intents.attempt(account, kept, method, return_url=return_url)
    params = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": session["customer"],
        "description": "Subscription creation",
        "setup_future_usage": "off_session",
    }
    if attempted and attempted["object"] == "payment_intent":
        intent = {**attempted, "amount": session["amount_total"]}
    else:
        intent = payment_intents.insert(account, params, session=session["id"])
    account.save(session, attempt=intent["id"])
    return charging.attempt(account, intent, method, return_url=return_url)


def attempted_by(account: Account, session: Json) -> Json | None:
    """Return the intent by which somebody tried to pay for the session."""
    named: Any = account.private(session).get("attempt")
    if not named:
        return None
    kind = "setup_intent" if named.startswith("seti_") else "payment_intent"
    return account.get(kind, named)


def subscribe(account: Account, session: Json, intent: Json | None) -> None:
    """Make the subscription that was paid for; the session names it, but is not stored."""
    private = account.private(session)
    body = subscription_states.new(
        account, session["customer"], session["currency"], private["terms"]
    )
    if intent:
        body["default_payment_method"] = intent["payment_method"]
    items = [
        subscription_items.of_price(account, body["id"], one["price"], quantity=one["quantity"])
        for one in private["items"]
        if one["price"]["recurring"]
    ]
    once = [
        invoice_bodies.once_row(one, account.now)
        for one in private["items"]
        if not one["price"]["recurring"]
    ]
    if reduction := discounts.of_session(account, session):
        given = subscription_discounts.give(account, body, reduction, session["id"])
        body["discounts"] = [given["id"]]
    paid = intent if intent and intent["object"] == "payment_intent" else None
    ends = trial_end(account, private["terms"])
    body = renewals.begin(account, body, items, trial_end=ends, once=once, intent=paid)
    session |= {"subscription": body["id"], "invoice": body["latest_invoice"]}
