"""The kinds of mail of orders, waits, gifts, disputes and searches; cancelling has its own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from payments.services.disputes.words import REASONS
from stores.slots import MailKind

ORDER_WORDS = ("number", "date", "customer_name", "customer_email", "total", "lines", "store_name")
MAIL_KINDS = (
    MailKind(
        "receipt",
        gettext_lazy("receipt"),
        (*ORDER_WORDS, "links", "shelf_url", "order_url"),
        1,
        when=gettext_lazy("When an order is paid, or is free."),
        required=("links", "shelf_url"),
    ),
    MailKind(
        "refunded",
        gettext_lazy("money returned"),
        (*ORDER_WORDS, "amount", "reason"),
        2,
        when=gettext_lazy("When money goes back to a customer."),
    ),
    MailKind(
        "refund_failed",
        gettext_lazy("money that could not be returned"),
        (*ORDER_WORDS, "amount", "shelf_url"),
        3,
        when=gettext_lazy("When a bank sends back what was returned to a customer."),
    ),
    MailKind(
        "sale",
        gettext_lazy("a sale"),
        (*ORDER_WORDS, "admin_url"),
        4,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When somebody buys."),
    ),
    MailKind(
        "first_sale",
        gettext_lazy("the first sale"),
        (*ORDER_WORDS, "opened", "admin_url"),
        4,
        to_creator=True,
        area="sales",
        when=gettext_lazy("Once, when somebody buys for the first time."),
    ),
    MailKind(
        "order_question",
        gettext_lazy("an order needs you"),
        (*ORDER_WORDS, "about", "admin_url"),
        3,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When an order waits for your decision."),
    ),
)
DISPUTE_WORDS = (*ORDER_WORDS, "amount", "reason", "effect", "answer_by", "admin_url")
DISPUTE_KINDS = (
    MailKind(
        "dispute",
        gettext_lazy("a bank asks"),
        DISPUTE_WORDS,
        3,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When a customer's bank disputes a payment."),
        sample={"reason": REASONS["unrecognized"]},
    ),
    MailKind(
        "dispute_over",
        gettext_lazy("a bank decided"),
        DISPUTE_WORDS,
        4,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When a dispute is won, lost or withdrawn."),
    ),
    MailKind(
        "on_hold",
        gettext_lazy("on hold by the bank"),
        (*ORDER_WORDS, "amount", "shelf_url"),
        3,
        when=gettext_lazy("When what was bought is put on hold, because its buyer's bank asks."),
    ),
    MailKind(
        "open_again",
        gettext_lazy("open again after a dispute"),
        (*ORDER_WORDS, "amount", "shelf_url"),
        3,
        when=gettext_lazy("When a bank decided for you, to who was told of the hold."),
    ),
)
MOVED_WORDS = ("titles", "number", "store_name", "shelf_url")
FINDING_KINDS = (
    MailKind(
        "moved_here",
        gettext_lazy("something was moved to you"),
        MOVED_WORDS,
        2,
        when=gettext_lazy("When your team moves a purchase to this customer."),
    ),
    MailKind(
        "moved_away",
        gettext_lazy("something was moved from you"),
        MOVED_WORDS,
        2,
        when=gettext_lazy("When your team moves a purchase of this customer to another."),
    ),
    MailKind(
        "looked_for",
        gettext_lazy("somebody looks for an order"),
        MOVED_WORDS[1:],
        2,
        when=gettext_lazy("When somebody looks for this purchase with another address."),
    ),
    MailKind(
        "not_found",
        gettext_lazy("a purchase was not found"),
        ("number", "note", "store_name", "find_url"),
        3,
        when=gettext_lazy("When you answer that a purchase could not be found."),
    ),
)
WAITING_WORDS = (*ORDER_WORDS, "way", "instructions", "until", "order_url", "resume_url")
WAITING_KINDS = (
    MailKind(
        "transfer_waiting",
        gettext_lazy("how to pay another way"),
        WAITING_WORDS,
        2,
        when=gettext_lazy("When an order waits for money that does not come by card."),
    ),
    MailKind(
        "transfer_reminder",
        gettext_lazy("a reminder of money that did not come"),
        WAITING_WORDS,
        5,
        waits=True,
        when=gettext_lazy("Three days after an order that is paid another way."),
    ),
    MailKind(
        "transfer_released",
        gettext_lazy("an order that was not paid ends"),
        WAITING_WORDS,
        5,
        waits=True,
        when=gettext_lazy("Ten days after an order that was not paid."),
    ),
    MailKind(
        "unfinished",
        gettext_lazy("an order left halfway"),
        (*ORDER_WORDS, "resume_url"),
        6,
        waits=True,
        when=gettext_lazy("Once, to who ticked that they may be reminded and did not pay."),
    ),
    MailKind(
        "transfer_expected",
        gettext_lazy("money should arrive"),
        (*ORDER_WORDS, "way", "until", "received_url"),
        4,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When somebody orders and will pay another way than by card."),
    ),
)
GIFT_WORDS = (
    *("store_name", "title", "from_name", "to_name", "message", "day", "number"),
    *("gift_url", "card_url", "order_url"),
)
GIFT_KINDS = (
    MailKind(
        "gift",
        gettext_lazy("a gift, to who gets it"),
        GIFT_WORDS,
        2,
        when=gettext_lazy("On the day and hour its giver chose."),
    ),
    MailKind(
        "gift_waiting",
        gettext_lazy("a gift, once more to who gets it"),
        GIFT_WORDS,
        6,
        waits=True,
        when=gettext_lazy("Once, a week after the first mail, when nobody opened it."),
    ),
    MailKind(
        "gift_ready",
        gettext_lazy("a gift, to its giver"),
        GIFT_WORDS,
        2,
        when=gettext_lazy("When a gift is paid for: the link and the card."),
    ),
    MailKind(
        "gift_claimed",
        gettext_lazy("a gift was opened"),
        GIFT_WORDS,
        5,
        waits=True,
        when=gettext_lazy("When the receiver opens it; to the giver."),
    ),
    MailKind(
        "gift_unclaimed",
        gettext_lazy("a gift nobody opened"),
        GIFT_WORDS,
        6,
        waits=True,
        when=gettext_lazy("Once, two weeks after its day; to the giver."),
    ),
)
RETURNING_WORDS = ("title", "total", "store_name", "shelf_url", "billing_url")
RISE_WORDS = ("title", "old_price", "new_price", "day", "store_name", "shelf_url", "end_url")
RETURNING_KINDS = (
    MailKind(
        "renewed",
        gettext_lazy("a later charge"),
        (*ORDER_WORDS, "title", "next_charge", "shelf_url", "order_url", "billing_url"),
        3,
        when=gettext_lazy("Each time what is paid again and again was charged."),
    ),
    MailKind(
        "leaves_at_end",
        gettext_lazy("leaving at the end of what is paid"),
        (*RETURNING_WORDS, "until"),
        2,
        when=gettext_lazy("When somebody stops paying, and it stays open until what is paid ends."),
    ),
    MailKind(
        "left_today",
        gettext_lazy("leaving today"),
        (*RETURNING_WORDS, "amount"),
        2,
        when=gettext_lazy("When somebody leaves at once, with the unused days' money back."),
    ),
    MailKind(
        "stays_after_all",
        gettext_lazy("staying after all"),
        (*RETURNING_WORDS, "next_charge"),
        3,
        when=gettext_lazy("When somebody who was leaving stays."),
    ),
    MailKind(
        "rests_until",
        gettext_lazy("a rest begins"),
        (*RETURNING_WORDS, "from_day", "until"),
        3,
        when=gettext_lazy("When somebody sets a rest: from when, until when."),
    ),
    MailKind(
        "back_again",
        gettext_lazy("back from a rest"),
        (*RETURNING_WORDS, "next_charge"),
        3,
        when=gettext_lazy("When somebody ends a rest before its day."),
    ),
    MailKind(
        "somebody_left",
        gettext_lazy("somebody left"),
        (
            *("title", "customer_name", "customer_email", "total", "amount", "until", "reason"),
            *("store_name", "admin_url"),
        ),
        4,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When somebody stops paying; with the reason, when one was given."),
    ),
    MailKind(
        "trial_ends",
        gettext_lazy("the free days end"),
        ("title", "day", "amount", "store_name", "shelf_url", "end_url"),
        3,
        when=gettext_lazy("Three days before the first charge, and a week before a long trial's."),
        required=("end_url",),
    ),
    MailKind(
        "price_rises",
        gettext_lazy("another price"),
        RISE_WORDS,
        8,
        when=gettext_lazy("When you announce another price to all who pay the old one."),
        required=("end_url",),
    ),
    MailKind(
        "price_stays",
        gettext_lazy("the price stays"),
        RISE_WORDS,
        8,
        when=gettext_lazy("When you call off another price that was announced."),
    ),
)
ALL = (*MAIL_KINDS, *RETURNING_KINDS, *WAITING_KINDS, *GIFT_KINDS, *DISPUTE_KINDS, *FINDING_KINDS)
