"""Changing a subscription: its words, its end, its price, its rest from collecting."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import CardDeclined, InvalidRequest, elsewhere
from sandbox.objects import (
    collecting,
    coupons,
    discounts,
    fields,
    invoice_items,
    pending_updates,
    prorations,
    revisions,
    subscription_discounts,
    subscription_states,
)
from sandbox.objects.revisions import Revision
from sandbox.objects.subscriptions import URL, own_card
from sandbox.routing import Route
from sandbox.wire import Json

WORDS = "metadata description"
PLAIN = (
    f"{WORDS} default_payment_method cancel_at_period_end cancel_at cancellation_details"
    " pause_collection"
    " discounts trial_settings"
)
BILLS = ("items", "trial_end", "billing_cycle_anchor")
FITS_PENDING = frozenset(f"{revisions.PARAMS} payment_behavior expand off_session".split())
REASONS = "comment feedback"
SCHEDULED = {"items", "cancel_at_period_end", "cancel_at", "trial_end"}
"""What a schedule decides, where one leads."""


def update(account: Account, params: Json, identity: str) -> Json:
    """Change a subscription; what it costs may change with it."""
    body = account.get("subscription", identity)
    _require_changeable(body, params)
    if any(name in params for name in BILLS):
        revision = revisions.revise(account, body, params)
        if params.get("payment_behavior") == "pending_if_incomplete" and revision.is_billed_now:
            return _if_paid(account, body, revision)
        _make(account, body, params, revision)
        return account.get("subscription", identity)
    with subscription_states.changing(account, body):
        _plain(account, body, params)
    return body


def cancel(account: Account, params: Json, identity: str) -> Json:
    """End a subscription now; what was not used comes back when asked for."""
    body = account.get("subscription", identity)
    if subscription_states.is_over(body):
        raise InvalidRequest(f"No such subscription: '{identity}'", code="resource_missing")
    _say_why(body, params)
    rows = []
    if params.get("prorate") and body["status"] in {"active", "past_due"}:
        rows = prorations.credit(account, body, subscription_states.items(body), account.now)
    if params.get("invoice_now"):
        rows = [*rows, *invoice_items.waiting(account, body)]
        invoice = collecting.make(account, body, rows, "subscription_update") if rows else None
        subscription_states.end(account, body, "cancellation_requested")
        if invoice:
            invoice_items.take(account, body, invoice)
            invoice["auto_advance"] = False
            bill(account, invoice)
    else:
        invoice_items.wait(account, body, rows)
        subscription_states.end(account, body, "cancellation_requested")
    return account.get("subscription", identity)


def make(account: Account, body: Json, revision: Revision) -> Json | None:
    """Take a change over and bill it, now or on the next invoice; return the invoice of now."""
    with subscription_states.changing(account, body):
        body |= revision.body
        invoice = None
        if revision.is_billed_now:
            invoice = draft(account, body, revision.rows)
        else:
            invoice_items.wait(account, body, revision.rows)
    account.schedule(subscription_states.period(body)[1], "subscription.period", body)
    if invoice:
        bill(account, invoice)
    return invoice


def draft(account: Account, body: Json, rows: list[Json]) -> Json:
    """Make the invoice of a change, with all that waited; the subscription is not stored."""
    rows = [*invoice_items.waiting(account, body), *rows]
    invoice = collecting.make(account, body, rows, "subscription_update")
    invoice_items.take(account, body, invoice)
    return invoice


def bill(account: Account, invoice: Json) -> Json:
    """Finalise an invoice and try the card on file at once."""
    collecting.finalize(account, invoice)
    if invoice["status"] == "open":
        card, is_tried_again = collecting.card_for(account, invoice), invoice["auto_advance"]
        collecting.attempt(account, invoice, card, is_by_itself=is_tried_again)
    return invoice


def expire_pending(account: Account, identity: str) -> None:
    """Let a change that nobody paid for be forgotten, with its invoice."""
    body = account.get("subscription", identity)
    if (body["pending_update"] or {}).get("expires_at") != account.now:
        return
    invoice = account.get("invoice", account.private(body)["pending"]["invoice"])
    if invoice["status"] == "open":
        collecting.void(account, invoice)
    with subscription_states.changing(account, body, pending=None):
        body["pending_update"] = None
    account.tell("customer.subscription.pending_update_expired", body)


def resume_collecting(account: Account, identity: str) -> None:
    """Let a rest from collecting be over."""
    body = account.get("subscription", identity)
    if (body["pause_collection"] or {}).get("resumes_at") == account.now:
        with subscription_states.changing(account, body):
            body["pause_collection"] = None


def _make(account: Account, body: Json, params: Json, revision: Revision) -> None:
    """Make a change, with the plain ones asked for along with it."""
    changed = revision.body
    _plain(account, changed, params)
    invoice = make(account, body, revision)
    if invoice and invoice["status"] == "open" and _must_pay(params):
        intent = collecting.intent_of(account, invoice) or {}
        error = intent.get("last_payment_error") or {}
        message = error.get("message", "The customer has no card.")
        raise _Refused(message, code=error.get("code", "card_declined"))


class _Refused(CardDeclined):
    """A change whose payment failed, of which nothing stays."""

    keeps_changes = False


def _must_pay(params: Json) -> bool:
    return bool(params.get("payment_behavior") == "error_if_incomplete")


def _if_paid(account: Account, body: Json, revision: Revision) -> Json:
    """Make a change when its invoice is paid, at once or within a day."""
    before = {name: body[name] for name in ("latest_invoice", "pending_update")}
    invoice = draft(account, body, revision.rows)
    invoice["auto_advance"] = False
    pending_updates.hold(account, body, revision.body, invoice)
    bill(account, invoice)
    body = account.get("subscription", body["id"])
    if body["pending_update"]:
        pending_updates.wait(account, body)
        account.tell("customer.subscription.updated", body, previous=before)
    return body


def _require_changeable(body: Json, params: Json) -> None:
    if subscription_states.is_over(body) and set(params) - {"metadata", "expand"}:
        raise InvalidRequest(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    if params.get("payment_behavior") == "default_incomplete":
        raise elsewhere("payment_behavior=default_incomplete", "payment_behavior")
    if params.get("payment_behavior") == "pending_if_incomplete":
        for name in sorted(set(params) - FITS_PENDING):
            raise InvalidRequest(
                f"The parameter `{name}` cannot be passed when `payment_behavior` is set to"
                " `pending_if_incomplete`.",
                param=name,
            )
    if body["schedule"] and SCHEDULED & set(params):
        raise InvalidRequest(
            "The subscription is managed by the subscription schedule"
            f" `{body['schedule']}`, and updating it directly is not allowed."
        )
    if body["status"] == "paused" and any(name in params for name in BILLS):
        raise InvalidRequest("The subscription is paused; resume it first.")


def _plain(account: Account, body: Json, params: Json) -> None:
    fields.change(body, params, "description trial_settings")
    if named := params.get("default_payment_method"):
        body["default_payment_method"] = own_card(account, body["customer"], named)
    if "cancel_at_period_end" in params:
        _leave_at_the_end(account, body, is_leaving=params["cancel_at_period_end"])
    if "cancel_at" in params:
        _leave_on_a_day(account, body, params)
    _say_why(body, params)
    if "pause_collection" in params:
        _rest(account, body, params["pause_collection"])
    if "discounts" in params:
        _discount(account, body, params["discounts"])


def _leave_at_the_end(account: Account, body: Json, *, is_leaving: bool) -> None:
    _, end = subscription_states.period(body)
    body |= {
        "cancel_at_period_end": is_leaving,
        "cancel_at": end if is_leaving else None,
        "canceled_at": account.now if is_leaving else None,
    }
    body["cancellation_details"]["reason"] = "cancellation_requested" if is_leaving else None


def _leave_on_a_day(account: Account, body: Json, params: Json) -> None:
    """Have it end at a moment, or take that back; what is cut short comes back only elsewhere."""
    if "cancel_at_period_end" in params:
        raise InvalidRequest(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            param="cancel_at",
        )
    at = params["cancel_at"] or None
    if at is None:
        _leave_at_the_end(account, body, is_leaving=False)
        return
    if not isinstance(at, int) or isinstance(at, bool):
        raise elsewhere("cancel_at as a word", "cancel_at")
    if at <= account.now:
        raise InvalidRequest("`cancel_at` must be in the future.", param="cancel_at")
    if params.get("proration_behavior") != "none":
        raise elsewhere("cancel_at with a proration", "proration_behavior")
    body |= {"cancel_at_period_end": False, "cancel_at": at, "canceled_at": account.now}
    body["cancellation_details"]["reason"] = "cancellation_requested"
    account.schedule(at, "subscription.cancel_at", body)


def end_on_its_day(account: Account, identity: str) -> None:
    """End a subscription at the moment that was set, unless that was taken back."""
    body = account.get("subscription", identity)
    if body["cancel_at"] == account.now and not subscription_states.is_over(body):
        subscription_states.end(account, body, "cancellation_requested")


def _say_why(body: Json, params: Json) -> None:
    given = params.get("cancellation_details")
    for name, text in fields.only(given, REASONS, "cancellation_details").items():
        body["cancellation_details"][name] = fields.optional(text)


def _rest(account: Account, body: Json, given: Json) -> None:
    if not given:
        body["pause_collection"] = None
        return
    resumes = given.get("resumes_at")
    body["pause_collection"] = {"behavior": given["behavior"], "resumes_at": resumes}
    if resumes:
        if resumes <= account.now:
            raise InvalidRequest("It resumes in the future.", param="pause_collection[resumes_at]")
        account.schedule(resumes, "subscription.collects", body)


def _discount(account: Account, body: Json, given: list[Json]) -> None:
    if not given:
        body["discounts"] = []
        return
    for one in given:
        fields.only(one, "coupon promotion_code", "discounts")
    reduction = discounts.asked_for(account, {"discounts": given})
    if reduction:
        made = subscription_discounts.give(account, body, reduction)
        body["discounts"] = [made["id"]]
        coupons.redeemed(account, reduction.coupon["id"])


JOBS = {
    "subscription.pending_update": expire_pending,
    "subscription.collects": resume_collecting,
    "subscription.cancel_at": end_on_its_day,
}
ROUTES = (
    Route(
        "post",
        f"{URL}/{{subscription_exposed_id}}",
        update,
        f"{PLAIN} {revisions.PARAMS} payment_behavior off_session",
    ),
    Route(
        "delete",
        f"{URL}/{{subscription_exposed_id}}",
        cancel,
        "invoice_now prorate cancellation_details",
    ),
)
