"""Refunds: whole or in part, never more than was paid; some wait, some come back."""

from __future__ import annotations

from typing import Any

from sandbox import money
from sandbox.account import Account
from sandbox.cards import by_number
from sandbox.errors import InvalidRequest, required
from sandbox.ids import new_id
from sandbox.objects import balance, disputes, fields
from sandbox.objects.charges import LATER
from sandbox.objects.lists import page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/refunds"


def create(account: Account, params: Json) -> Json:
    """Give money back; the card decides whether at once, later, or in the end not."""
    charge = _charge(account, params)
    amount = _amount(charge, params.get("amount"))
    fate = _fate(account, charge)
    body = _new(account, charge, amount, params)
    body["status"] = "pending" if fate == "pending" else "succeeded"
    if fate == "pending":
        body["pending_reason"] = "processing"
    moved = balance.record(account, "refund", {**body, "description": None}, -amount)
    body["balance_transaction"] = moved["id"]
    account.insert(body)
    account.tell("refund.created", body)
    _count(account, charge, amount)
    if fate == "succeeded":
        _reference(account, body)
    else:
        account.schedule(account.now + LATER, f"refund.{fate}", body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the refund."""
    return account.get("refund", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change the metadata."""
    body = account.get("refund", identity)
    before = fields.change(body, params, "")
    if before:
        account.save(body)
        account.tell("refund.updated", body, previous=before)
    return body


def cancel(account: Account, _: Json, identity: str) -> Json:
    """Refuse: only a refund that waits for the customer can be canceled, and cards never do."""
    body = account.get("refund", identity)
    raise InvalidRequest(
        f"A refund with a status of {body['status']} cannot be canceled; only one in the"
        " `requires_action` status can."
    )


def every(account: Account, params: Json) -> Json:
    """List the refunds."""
    return page(account, "refund", params, URL, "charge payment_intent")


def of_charge(account: Account, charge: Json) -> list[Json]:
    """Return all refunds of a charge, newest first."""
    return account.all("refund", charge=charge["id"])


def settle(account: Account, identity: str) -> None:
    """Let a waiting refund arrive."""
    body = account.get("refund", identity)
    if body["status"] == "pending":
        body["status"] = "succeeded"
        body.pop("pending_reason")
        account.save(body)
        account.tell("refund.updated", body, previous={"status": "pending"})


def fail(account: Account, identity: str) -> None:
    """Let a refund come back: the money is the account's again, the charge less refunded."""
    body = account.get("refund", identity)
    if body["status"] not in {"pending", "succeeded"}:
        return
    before = {"status": body["status"]}
    moved = balance.record(account, "refund_failure", {**body, "description": None}, body["amount"])
    body |= {
        "status": "failed",
        "failure_balance_transaction": moved["id"],
        "failure_reason": "expired_or_canceled_card",
    }
    body.pop("pending_reason", None)
    account.save(body)
    _uncount(account, body)
    account.tell("refund.updated", body, previous=before)
    account.tell("refund.failed", body)


def _charge(account: Account, params: Json) -> Json:
    if named := params.get("charge"):
        charge = account.get("charge", named, param="charge")
        if params.get("payment_intent", charge["payment_intent"]) != charge["payment_intent"]:
            raise InvalidRequest(
                "The charge does not belong to the PaymentIntent.", param="payment_intent"
            )
    elif named := params.get("payment_intent"):
        intent = account.get("payment_intent", named, param="payment_intent")
        if intent["status"] != "succeeded":
            raise InvalidRequest(
                f"This PaymentIntent ({named}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge = account.get("charge", intent["latest_charge"])
    else:
        raise required("payment_intent")
    if not charge["paid"]:
        raise InvalidRequest(
            f"Charge {charge['id']} was not successfully charged, so there is nothing to refund.",
            param="charge",
        )
    if disputes.holds(account, charge):
        raise InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    return charge


def _amount(charge: Json, wanted: Any) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left <= 0:
        raise InvalidRequest(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = left if wanted is None else wanted
    if amount < 1:
        raise InvalidRequest(
            "Invalid positive integer", code="parameter_invalid_integer", param="amount"
        )
    if amount > left:
        much, rest = (money.shown(value, charge["currency"]) for value in (amount, left))
        raise InvalidRequest(
            f"Refund amount ({much}) is greater than unrefunded amount on charge ({rest})",
            param="amount",
        )
    return int(amount)


def _fate(account: Account, charge: Json) -> str:
    method = account.get("payment_method", charge["payment_method"])
    card = by_number(account.private(method)["number"])
    return card.refund if card else "succeeded"


def _new(account: Account, charge: Json, amount: int, params: Json) -> Json:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": account.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": fields.metadata(params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }


def _count(account: Account, charge: Json, amount: int) -> None:
    before = {"amount_refunded": charge["amount_refunded"]}
    charge["amount_refunded"] += amount
    if charge["amount_refunded"] == charge["amount"]:
        before["refunded"] = False
        charge["refunded"] = True
    account.save(charge)
    account.tell("charge.refunded", charge, previous=before)
    disputes.refunded(account, charge)


def _uncount(account: Account, refund: Json) -> None:
    charge = account.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    account.save(charge)


def _reference(account: Account, body: Json) -> None:
    """The bank's number of the refund arrives a moment after the refund itself."""
    card = body["destination_details"]["card"]
    before = {"destination_details": {"card": dict(card)}}
    card |= {"reference": new_id("x")[-11:], "reference_status": "available"}
    account.save(body)
    account.tell("refund.updated", body, previous=before)


JOBS = {"refund.pending": settle, "refund.failed": fail}
ROUTES = (
    Route("get", URL, every, f"{PAGING} created charge payment_intent"),
    Route("post", URL, create, "charge payment_intent amount reason metadata"),
    Route("get", f"{URL}/{{refund}}", retrieve),
    Route("post", f"{URL}/{{refund}}", update, "metadata"),
    Route("post", f"{URL}/{{refund}}/cancel", cancel),
)
