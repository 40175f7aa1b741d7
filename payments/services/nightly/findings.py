"""What can differ, and in which words it is said."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

KINDS = {
    "payment_unknown": gettext_lazy("Money came in at Stripe that is not written down here"),
    "payment_amount": gettext_lazy("A payment has another amount at Stripe"),
    "payment_gone": gettext_lazy("A payment is written down here that Stripe does not know"),
    "refund_unknown": gettext_lazy("Money was returned at Stripe and not written down here"),
    "refund_state": gettext_lazy("A refund stands differently at Stripe"),
    "refund_amount": gettext_lazy("A refund has another amount at Stripe"),
    "refund_gone": gettext_lazy("A refund is written down here that Stripe does not know"),
    "dispute_unknown": gettext_lazy("A bank asked at Stripe and it is not written down here"),
    "dispute_state": gettext_lazy("A dispute stands differently at Stripe"),
    "dispute_gone": gettext_lazy("A dispute is written down here that Stripe does not know"),
    "subscription_unknown": gettext_lazy(
        "Somebody pays again and again at Stripe and it is not written down here"
    ),
    "subscription_state": gettext_lazy("What is paid again and again stands differently at Stripe"),
    "subscription_amount": gettext_lazy("What is paid again and again costs something else"),
    "subscription_gone": gettext_lazy(
        "Something paid again and again is written down here that Stripe does not know"
    ),
    "movement_amount": gettext_lazy("The account at Stripe moved by another amount"),
    "order_paid": gettext_lazy("An order's payments are not its total"),
    "order_lines": gettext_lazy("An order's lines do not add up to its total"),
    "order_status": gettext_lazy("An order's state does not follow from its money"),
    "order_kept_money": gettext_lazy("An order that was given up keeps money"),
    "payment_refunds": gettext_lazy("A payment's refunds do not add up"),
    "line_closed": gettext_lazy("What was returned and what is closed differ"),
    "line_held": gettext_lazy("What is disputed and what is on hold differ"),
    "access_missing": gettext_lazy("Something was paid for and not given"),
    "access_twice": gettext_lazy("Something was given twice for one payment"),
    "access_closed": gettext_lazy("Something paid for is closed"),
    "access_held": gettext_lazy("Something paid for is on hold"),
    "access_left": gettext_lazy("Something returned is still open"),
    "line_unposted": gettext_lazy("A paid copy in print is on no list to post"),
    "line_posted": gettext_lazy("A copy in print is to be posted although its money went back"),
    "hold_unsold": gettext_lazy("A paid order's place is not counted as sold"),
    "hold_sold": gettext_lazy("An unpaid order's place is counted as sold"),
}
PARTS = {
    "charges": ("payment_unknown", "payment_amount"),
    "refunds": ("refund_unknown", "refund_state", "refund_amount"),
    "disputes": ("dispute_unknown", "dispute_state"),
    "movements": ("movement_amount",),
    "subscriptions": ("subscription_unknown", "subscription_state", "subscription_amount"),
    "unseen": ("payment_gone", "refund_gone", "dispute_gone", "subscription_gone"),
    "orders": tuple(
        kind
        for kind in KINDS
        if kind.startswith(("order_", "line_", "access_", "hold_")) or kind == "payment_refunds"
    ),
}
"""Each kind is found by exactly one part, so that part also knows when it is gone."""


@dataclass(frozen=True)
class Finding:
    """A difference as it was found: of what, and what each side says."""

    kind: str
    subject_type: str
    subject: str
    ours: str = ""
    theirs: str = ""
    stripe_account: str = ""
    store_id: int | None = None
    order_id: int | None = None
