"""The kinds of mail of what is paid in several monthly charges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from payments.services.kinds import ORDER_WORDS
from stores.slots import MailKind

WORDS = ("title", "paid", "count", "store_name", "shelf_url", "billing_url")
KINDS = (
    MailKind(
        "instalment",
        gettext_lazy("one of the monthly charges"),
        (
            *ORDER_WORDS,
            *("title", "paid", "count", "left", "next_charge"),
            *("shelf_url", "order_url", "billing_url"),
        ),
        3,
        when=gettext_lazy("Each time one of the monthly charges was paid, or the rest at once."),
    ),
    MailKind(
        "instalments_let_go",
        gettext_lazy("the rest let go"),
        WORDS,
        3,
        when=gettext_lazy("When you let the rest of the monthly charges go."),
    ),
    MailKind(
        "instalments_stopped",
        gettext_lazy("monthly charges stopped"),
        WORDS,
        3,
        when=gettext_lazy("When you stop the monthly charges, and close what they paid for."),
    ),
    MailKind(
        "instalments_ended",
        gettext_lazy("monthly charges ended unpaid"),
        (
            *("title", "customer_name", "customer_email", "paid", "count", "left"),
            *("store_name", "admin_url"),
        ),
        4,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When a card stayed unpaid, and the rest of the charges will not come."),
    ),
)
