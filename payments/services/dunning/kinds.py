"""The kinds of mail of a card that failed or expires."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

from stores.slots import MailKind

WORDS = ("title", "amount", "period", "store_name")
OPEN_WORDS = (*WORDS, "until", "fix_url")
KINDS = (
    MailKind(
        "unpaid",
        gettext_lazy("a card failed"),
        OPEN_WORDS,
        2,
        when=gettext_lazy("When a charge of what is paid again and again fails."),
    ),
    MailKind(
        "unpaid_again",
        gettext_lazy("a card failed, once more"),
        OPEN_WORDS,
        3,
        when=gettext_lazy("Three days later, if it is still unpaid."),
    ),
    MailKind(
        "unpaid_last",
        gettext_lazy("a card failed, before it goes on hold"),
        OPEN_WORDS,
        3,
        when=gettext_lazy("Six days later, if it is still unpaid."),
    ),
    MailKind(
        "unpaid_hold",
        gettext_lazy("on hold until it is paid"),
        (*WORDS, "ends", "fix_url"),
        3,
        when=gettext_lazy("When the days to fix a card are over."),
    ),
    MailKind(
        "unpaid_ended",
        gettext_lazy("ended without debt"),
        (*WORDS, "product_url"),
        3,
        when=gettext_lazy("When what was on hold ends."),
    ),
    MailKind(
        "unpaid_paid",
        gettext_lazy("paid after all"),
        (*WORDS, "shelf_url"),
        3,
        when=gettext_lazy("When a charge that failed is paid."),
    ),
    MailKind(
        "card_expires",
        gettext_lazy("a card expires"),
        ("title", "card", "month", "billing_url", "store_name"),
        5,
        waits=True,
        when=gettext_lazy("A month before the card of a subscription expires, once."),
        sample={"card": "4242", "month": pgettext_lazy("an example of a month", "March 2027")},
    ),
)
