"""What the creator must say or do about money that no card company moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.models import CancelledLine, Order, Refund
from stores.roles import Area
from stores.slots import Duty

PAY_BACK_WITHIN = timedelta(days=7)
LAST = datetime.max.replace(tzinfo=UTC)


def duties() -> Sequence[Duty]:
    """Return the orders that wait for money, and the money to be paid back by hand."""
    found = [
        Duty(
            key=f"expected:{order.public_id}",
            sentence=_("Order %(number)s: did %(total)s arrive from %(name)s?")
            % {
                "number": order.number,
                "total": order.display_total(),
                "name": order.name or order.email,
            },
            due_at=order.expires_at,
            url=reverse("admin:payments_order_received", args=[order.pk]),
            verb=_("The money arrived"),
            area=Area.SALES,
        )
        for order in Order.objects.waiting().filter(provider=Order.Provider.TRANSFER)
    ]
    refunds = Refund.objects.filter(
        payment__provider=Order.Provider.TRANSFER, state=Refund.State.PENDING
    )
    promised = _promised(refunds)
    for refund in refunds.select_related("payment__order"):
        order = refund.payment.order
        words = {
            "number": order.number,
            "amount": refund.display(),
            "name": order.name or order.email,
        }
        found.append(
            Duty(
                key=f"pay-back:{refund.public_id}",
                sentence=_("Order %(number)s: pay %(amount)s back to %(name)s.") % words,
                due_at=min(refund.created_at + PAY_BACK_WITHIN, promised.get(refund.pk, LAST)),
                url=reverse("admin:payments_order_returned", args=[order.pk, refund.public_id]),
                verb=_("I paid it back"),
                area=Area.REFUNDS,
            )
        )
    return found


def _promised(refunds: QuerySet[Refund]) -> dict[int, datetime]:
    """Return, by refund, the day a cancel notice promised its money for."""
    found = CancelledLine.objects.filter(
        refund__in=refunds, notice__refund_due_by__isnull=False
    ).values_list("refund", "notice__refund_due_by")
    return {pk: due_by for pk, due_by in found if pk is not None and due_by is not None}
