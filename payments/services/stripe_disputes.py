"""What is asked of Stripe about disputes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from payments.contract import DisputeFacts
from payments.services.stripe_api import _asking, _id, _options, _plain


def fetch_dispute(account: str, dispute_id: str) -> DisputeFacts:
    """Return what Stripe says now of a dispute."""
    with _asking() as client:
        return dispute_facts(
            client.v1.disputes.retrieve(dispute_id, None, _options(account))  # type: ignore[arg-type]  # options are built as a plain dict
        )


def answer_dispute(account: str, dispute_id: str, body: dict[str, Any], key: str) -> DisputeFacts:
    """Hand our evidence to the bank; Stripe takes it once."""
    with _asking() as client:
        return dispute_facts(
            client.v1.disputes.update(dispute_id, body, _options(account, key))  # type: ignore[arg-type]  # as above
        )


def accept_dispute(account: str, dispute_id: str, key: str) -> DisputeFacts:
    """Say that there is no answer: the dispute is lost at once."""
    with _asking() as client:
        return dispute_facts(
            client.v1.disputes.close(dispute_id, None, _options(account, key))  # type: ignore[arg-type]  # as above
        )


def list_disputes(account: str, payment_intent: str) -> list[DisputeFacts]:
    """Return every dispute of a payment intent."""
    with _asking() as client:
        page = client.v1.disputes.list(
            {"payment_intent": payment_intent, "limit": 100},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return [dispute_facts(dispute) for dispute in page.auto_paging_iter()]


def dispute_facts(dispute: Any) -> DisputeFacts:
    """Return the facts of a dispute object."""
    plain = _plain(dispute)
    details = plain.get("evidence_details") or {}
    due_by = details.get("due_by")
    return DisputeFacts(
        id=plain["id"],
        status=plain.get("status") or "",
        amount=plain.get("amount") or 0,
        currency=plain.get("currency") or "",
        reason=plain.get("reason") or "",
        payment_intent=_id(plain.get("payment_intent")),
        charge=_id(plain.get("charge")),
        is_refundable=bool(plain.get("is_charge_refundable")),
        is_submitted=bool(details.get("submission_count")),
        opened_at=_moment(plain.get("created")) or datetime.now(tz=UTC),
        due_by=_moment(due_by),
    )


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), tz=UTC) if seconds else None
