"""Questions that only a person can answer about an order, and the answers that were given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from payments.models import Decision, Order, Refund


def questions(order: Order) -> dict[str, str]:
    """Return what is open about an order: the key of each question, and its sentence."""
    found: dict[str, str] = {}
    if order.owned_before and order.total and order.status == Order.Status.PAID:
        found[f"twice:{order.public_id}"] = _(
            "The customer had this already when they paid. You may want to give it back."
        )
    is_over = order.status in {Order.Status.REFUNDED, Order.Status.CHARGED_BACK}
    failed = Refund.objects.filter(payment__order=order, state=Refund.State.FAILED)
    for refund in () if is_over else failed:
        found[f"failed:{refund.public_id}"] = _(
            "%(amount)s did not reach the customer. Send it again, or settle it another way."
        ) % {"amount": refund.display()}
    answered = decided(found)
    return {key: said for key, said in found.items() if key not in answered}


def decided(keys: Iterable[str]) -> set[str]:
    """Return which of these questions somebody answered."""
    answered = Decision.objects.filter(key__in=[*keys])
    return set(answered.values_list("key", flat=True))


def decide(
    order: Order, key: str, *, verdict: str, by: str, now: datetime, note: str = ""
) -> Decision:
    """Answer a question about an order, once; KeyError when it is not open."""
    known = Decision.objects.filter(key=key).first()
    if known is None and key not in questions(order):
        raise KeyError(key)
    answer: Decision = Decision.objects.get_or_create(
        key=key,
        defaults={"verdict": Decision.Verdict(verdict), "by": by, "note": note, "at": now},
    )[0]
    return answer
