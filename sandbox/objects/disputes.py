"""Disputes: a customer's bank takes the money back; opened and decided from the outside."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.ids import new_id
from sandbox.money import DISPUTE_FEE
from sandbox.objects import balance
from sandbox.objects.lists import page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/disputes"
TIME_TO_ANSWER = 7 * 86_400
PAPERS = """
    access_activity_log billing_address cancellation_policy cancellation_policy_disclosure
    cancellation_rebuttal customer_communication customer_email_address customer_name
    customer_purchase_ip customer_signature duplicate_charge_documentation
    duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy
    refund_policy_disclosure refund_refusal_explanation service_date service_documentation
    shipping_address shipping_carrier shipping_date shipping_documentation
    shipping_tracking_number uncategorized_file uncategorized_text
"""


def open_for(account: Account, identity: str) -> Json:
    """Dispute what is left of a charge; its money leaves the balance."""
    charge = account.get("charge", identity)
    amount = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] or not charge["paid"] or amount <= 0:
        raise InvalidRequest(f"Charge {identity} cannot be disputed.")
    body = _new(account, charge, amount)
    source = {**body, "description": f"Chargeback withdrawal for {identity}"}
    moved = balance.record(account, "adjustment", source, -amount, fee=DISPUTE_FEE)
    body["balance_transactions"].append(moved)
    account.insert(body)
    account.save({**charge, "disputed": True})
    account.tell("charge.dispute.created", body)
    account.tell("charge.dispute.funds_withdrawn", body)
    return body


def decide(account: Account, identity: str, *, is_won: bool) -> Json:
    """Close an open dispute; won, the money comes back."""
    body = account.get("dispute", identity)
    if body["status"] not in {"needs_response", "under_review"}:
        return body
    before = {"status": body["status"]}
    body["status"] = "won" if is_won else "lost"
    if is_won:
        source = {**body, "description": f"Chargeback reversal for {body['charge']}"}
        moved = balance.record(account, "adjustment", source, body["amount"], fee=-DISPUTE_FEE)
        body["balance_transactions"].append(moved)
    account.save(body)
    account.tell("charge.dispute.closed", body, previous=before)
    if is_won:
        account.tell("charge.dispute.funds_reinstated", body)
    return body


def open_later(account: Account, identity: str) -> None:
    """Open a dispute by the clock, if the charge is still there to dispute."""
    charge = account.get("charge", identity)
    if not charge["disputed"] and not charge["refunded"]:
        open_for(account, identity)


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the dispute."""
    return account.get("dispute", identity)


def every(account: Account, params: Json) -> Json:
    """List the disputes."""
    return page(account, "dispute", params, URL, "charge payment_intent")


def _new(account: Account, charge: Json, amount: int) -> Json:
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(PAPERS.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": account.now + TIME_TO_ANSWER,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": "chargeback",
                "network": charge["payment_method_details"]["card"]["brand"],
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
    }


JOBS = {"dispute.open": open_later}
ROUTES = (
    Route("get", URL, every, f"{PAGING} created charge payment_intent"),
    Route("get", f"{URL}/{{dispute}}", retrieve),
)
