"""Disputes: a customer's bank takes the money back; answered with evidence, decided outside."""

from __future__ import annotations

from typing import Any

from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.ids import new_id
from sandbox.money import DISPUTE_FEE
from sandbox.objects import balance, fields, payment_methods
from sandbox.objects.charges import LATER
from sandbox.objects.lists import page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/disputes"
TIME_TO_ANSWER = 7 * 86_400
LONGEST_EVIDENCE = 150_000  # characters, all texts together
TEXTS = """
    access_activity_log billing_address cancellation_policy_disclosure cancellation_rebuttal
    customer_email_address customer_name customer_purchase_ip duplicate_charge_explanation
    duplicate_charge_id product_description refund_policy_disclosure refund_refusal_explanation
    service_date shipping_address shipping_carrier shipping_date shipping_tracking_number
    uncategorized_text
"""
FILES = """
    cancellation_policy customer_communication customer_signature duplicate_charge_documentation
    receipt refund_policy service_documentation shipping_documentation uncategorized_file
"""
# What Stripe's test mode reads in `uncategorized_text`.
VERDICTS = {"winning_evidence": "dispute.won", "losing_evidence": "dispute.lost"}
WAITING = ("needs_response", "warning_needs_response")
OPEN = (*WAITING, "under_review", "warning_under_review")


def open_for(
    account: Account,
    identity: str,
    *,
    reason: str = "fraudulent",
    is_inquiry: bool = False,
    amount: int | None = None,
) -> Json:
    """Dispute what is left of a charge, or an ``amount`` of it.

    Its money leaves the balance, unless it is an inquiry.
    """
    charge = _charge(account, identity)
    left = charge["amount"] - charge["amount_refunded"]
    wanted = left if amount is None else amount
    if charge["disputed"] or not charge["paid"] or not 0 < wanted <= left:
        raise InvalidRequest(f"Charge {charge['id']} cannot be disputed.")
    body = _new(account, charge, wanted, reason)
    if is_inquiry:
        body |= {"status": "warning_needs_response", "is_charge_refundable": True}
        body["payment_method_details"]["card"]["case_type"] = "inquiry"
    account.insert(body)
    account.save({**charge, "disputed": True})
    account.tell("charge.dispute.created", body)
    if not is_inquiry:
        _withdraw(account, body)
    account.schedule(body["evidence_details"]["due_by"], "dispute.overdue", body)
    return body


def decide(account: Account, identity: str, *, is_won: bool) -> Json:
    """Close an open dispute; won, the money comes back. A lost inquiry becomes a chargeback."""
    body = account.get("dispute", identity)
    if body["status"] not in OPEN:
        return body
    is_inquiry = body["status"].startswith("warning_")
    if is_inquiry:
        return _close(account, body, "warning_closed") if is_won else _escalate(account, body)
    _close(account, body, "won" if is_won else "lost")
    if is_won:
        _reinstate(account, body)
    return body


def win(account: Account, identity: str) -> None:
    """Decide for the account, as a job of the clock."""
    decide(account, identity, is_won=True)


def lose(account: Account, identity: str) -> None:
    """Decide against the account, as a job of the clock."""
    decide(account, identity, is_won=False)


def expire(account: Account, identity: str) -> None:
    """Decide against who did not answer in time; an inquiry left alone is let go."""
    body = account.get("dispute", identity)
    if body["status"] in WAITING:
        body["evidence_details"]["past_due"] = True
        is_inquiry = body["status"] == "warning_needs_response"
        _close(account, body, "warning_closed" if is_inquiry else "lost")


def open_later(account: Account, identity: str) -> None:
    """Open a dispute by the clock, if the charge is still there to dispute."""
    charge = account.get("charge", identity)
    if not charge["disputed"] and not charge["refunded"]:
        method = account.get("payment_method", charge["payment_method"])
        card = payment_methods.card_of(account, method)
        open_for(account, identity, reason=card.disputes, is_inquiry=card.is_inquiry)


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the dispute."""
    return account.get("dispute", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Keep evidence, and with `submit` (the default beside evidence) hand it in, once."""
    body = account.get("dispute", identity)
    before = fields.change(body, params, "")
    if given := _evidence(params):
        _require_waiting(body)
        before["evidence"] = {name: body["evidence"][name] for name in given}
        body["evidence"] |= given
        _measure(body["evidence"])
        body["evidence_details"]["has_evidence"] = any(body["evidence"][n] for n in TEXTS.split())
    if params.get("submit", bool(given)):
        _require_waiting(body)
        before["status"] = body["status"]
        _submit(account, body)
    account.save(body)
    if before:
        account.tell("charge.dispute.updated", body, previous=before)
    return body


def close(account: Account, _: Json, identity: str) -> Json:
    """Give the dispute up: it is lost."""
    body = account.get("dispute", identity)
    _require_waiting(body)
    return _close(account, body, "lost" if body["status"] == WAITING[0] else "warning_closed")


def every(account: Account, params: Json) -> Json:
    """List the disputes."""
    return page(account, "dispute", params, URL, "charge payment_intent")


def holds(account: Account, charge: Json) -> bool:
    """Tell whether a dispute keeps the charge's money: open or lost, not won, not an inquiry."""
    held = {"needs_response", "under_review", "lost"}
    return any(one["status"] in held for one in account.all("dispute", charge=charge["id"]))


def refunded(account: Account, charge: Json) -> None:
    """End an inquiry whose charge was given back whole."""
    if charge["refunded"]:
        for one in account.all("dispute", charge=charge["id"]):
            if one["status"] in OPEN:
                _close(account, one, "warning_closed")


def _charge(account: Account, identity: str) -> Json:
    if identity.startswith("pi_"):
        identity = account.get("payment_intent", identity)["latest_charge"] or identity
    return account.get("charge", identity)


def _withdraw(account: Account, body: Json) -> None:
    source = {**body, "description": f"Chargeback withdrawal for {body['charge']}"}
    moved = balance.record(account, "adjustment", source, -body["amount"], fee=DISPUTE_FEE)
    body["balance_transactions"].append(moved)
    account.save(body)
    account.tell("charge.dispute.funds_withdrawn", body)


def _reinstate(account: Account, body: Json) -> None:
    source = {**body, "description": f"Chargeback reversal for {body['charge']}"}
    moved = balance.record(account, "adjustment", source, body["amount"], fee=-DISPUTE_FEE)
    body["balance_transactions"].append(moved)
    account.save(body)
    account.tell("charge.dispute.funds_reinstated", body)


def _escalate(account: Account, body: Json) -> Json:
    before = {"status": body["status"]}
    body |= {"status": "needs_response", "is_charge_refundable": False}
    body["payment_method_details"]["card"]["case_type"] = "chargeback"
    account.save(body)
    account.tell("charge.dispute.updated", body, previous=before)
    _withdraw(account, body)
    return body


def _close(account: Account, body: Json, status: str) -> Json:
    before = {"status": body["status"]}
    body |= {"status": status, "is_charge_refundable": status == "warning_closed"}
    account.save(body)
    account.tell("charge.dispute.closed", body, previous=before)
    return body


def _submit(account: Account, body: Json) -> None:
    body["status"] = body["status"].replace("needs_response", "under_review")
    body["evidence_details"]["submission_count"] += 1
    body["evidence_details"]["submission_method"] = "manual"
    if verdict := VERDICTS.get(body["evidence"]["uncategorized_text"] or ""):
        account.schedule(account.now + LATER, verdict, body)


def _evidence(params: Json) -> Json:
    """Return the texts given, empty ones unset; files need another address of Stripe's."""
    given: dict[str, Any] = params.get("evidence") or {}
    for name in given:
        if name not in TEXTS.split():
            what = "A file" if name in FILES.split() else "This kind"
            raise elsewhere(f"{what} of evidence (`{name}`)", f"evidence[{name}]")
    return {name: fields.optional(text) for name, text in given.items()}


def _measure(evidence: Json) -> None:
    if sum(len(evidence[name] or "") for name in TEXTS.split()) > LONGEST_EVIDENCE:
        raise InvalidRequest(
            f"The combined character count of evidence is limited to {LONGEST_EVIDENCE}.",
            param="evidence",
        )


def _require_waiting(body: Json) -> None:
    if body["status"] in WAITING:
        return
    if body["status"] in OPEN:
        raise InvalidRequest("Evidence for this dispute has already been submitted.")
    raise InvalidRequest("This dispute is already closed.")


def _new(account: Account, charge: Json, amount: int, reason: str) -> Json:
    brand = charge["payment_method_details"]["card"]["brand"]
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys((*TEXTS.split(), *FILES.split())), "enhanced_evidence": {}},
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
                "brand": brand,
                "case_type": "chargeback",
                "network": brand,
                "network_reason_code": "10.4" if reason == "fraudulent" else "13.1",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }


JOBS = {
    "dispute.open": open_later,
    "dispute.overdue": expire,
    "dispute.won": win,
    "dispute.lost": lose,
}
ROUTES = (
    Route("get", URL, every, f"{PAGING} created charge payment_intent"),
    Route("get", f"{URL}/{{dispute}}", retrieve),
    Route("post", f"{URL}/{{dispute}}", update, "evidence metadata submit"),
    Route("post", f"{URL}/{{dispute}}/close", close),
)
