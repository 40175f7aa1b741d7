"""The mails about cancelling: received, done, answered; and word to those who run the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_time
from django.db.models import Sum
from django.utils.translation import override

from core import days, money, tokens
from core.limits import Limit
from mail.services.outbox import post, post_to_creators
from payments.models import CancelNotice
from payments.services.addresses import page_url
from payments.services.cancelling.judging import Judged
from payments.services.cancelling.keys import key_url, mailbox_of
from payments.services.cancelling.right import SENTENCES, Because
from stores.scope import current_store

TO_ONE_ADDRESS = Limit("cancel-mails", 5, 24 * 3600)
"""Anybody can type anybody's address: more notices than this are taken in without a mail."""


def received(notice: CancelNotice, *, with_key: bool, now: datetime) -> None:
    """Acknowledge a notice: its number, day and hour, and nothing of what was typed.

    The mail looks alike for everybody; only a mailbox that bought something gets the key too.
    """
    to = mailbox_of(notice)
    hashed = tokens.keyed_hash("cancel-mail", to)
    if not to or not TO_ONE_ADDRESS.hit(f"{current_store().public_id}:{hashed}"):
        return
    asks = notice.state == CancelNotice.State.REQUEST
    _to_customer(
        notice,
        "cancel_received",
        {
            "key_url": key_url(notice) if with_key else "",
            "is_request": asks,
            "because": _why_in(notice) if asks else "",
        },
        again=notice.state if asks else "",
    )


def done(
    notice: CancelNotice, mine: Sequence[Judged], asked: Sequence[Judged], now: datetime
) -> None:
    """Say that it is cancelled: what closed, what comes back by when, and how to undo it."""
    order = notice.order
    assert order is not None  # noqa: S101 -- nothing is done without an order
    language = notice.language
    amount, fee = sum(each.amount for each in mine), sum(each.right.fee for each in mine)
    _to_customer(
        notice,
        "cancel_done",
        {
            "amount": money.display(amount, order.currency, language) if amount else "",
            "fee": money.display(fee, order.currency, language) if fee else "",
            "titles": [each.line.title for each in mine],
            "asked": [each.line.title for each in asked],
            "because": _why_in(notice) if asked else "",
            "was_unpaid": not order.is_paid,
            "may_keep": bool(mine),
            "key_url": key_url(notice),
        },
    )


def answered(notice: CancelNotice, outcome: str, now: datetime) -> None:
    """Say what the answer is: "accepted", "refused", or "kept" after all."""
    if not mailbox_of(notice):
        return
    amount = _amount(notice)
    _to_customer(
        notice,
        "cancel_answered",
        {
            "outcome": outcome,
            "answer": notice.answer,
            "amount": amount if outcome == "accepted" else "",
            "key_url": key_url(notice) if notice.order is not None else "",
        },
        again=outcome,
    )


def tell_creators(notice: CancelNotice) -> None:
    """Tell those who run the store what was cancelled, or what waits for their answer."""
    language = current_store().language
    with override(language):
        context = {
            **notice_words(notice, language),
            "state": str(notice.get_state_display()),
            "needs_answer": notice.state in {"waiting", "request"},
            "said_name": notice.name,
            "said_email": notice.email,
            "said": notice.text,
            "amount": _amount(notice, language),
            "because": why(notice),
            "inbox_url": page_url(
                "admin:payments_cancelnotice_change", notice.pk, language=language
            ),
        }
    key = f"cancel:{notice.state}:{notice.public_id}"
    post_to_creators("cancel_notice", key=key, context=context)


def notice_words(notice: CancelNotice, language: str) -> dict[str, Any]:
    """Return what every mail about a notice may say of it, in ``language``."""
    zone = current_store().zone
    said = notice.said_at.astimezone(zone)
    due = notice.refund_due_by
    last = due.astimezone(zone) - timedelta(minutes=1) if due else None
    return {
        "number": notice.number,
        "date": days.said(said, language),
        "hour": format_time(said, format="short", locale=language),
        "order_number": notice.order.number if notice.order is not None else "",
        "due_by": days.said(last, language) if last else "",
        "store_name": current_store().name,
    }


def why(notice: CancelNotice) -> str:
    """Return in a sentence why a notice took effect or did not; empty before it was judged."""
    return str(SENTENCES[Because(notice.because)]) if notice.because else ""


def _why_in(notice: CancelNotice) -> str:
    with override(notice.language):
        return why(notice)


def _amount(notice: CancelNotice, language: str | None = None) -> str:
    sum_of = notice.cancelled.filter(undone_at=None).aggregate(sum=Sum("amount"))["sum"] or 0
    if not sum_of or notice.order is None:
        return ""
    return money.display(sum_of, notice.order.currency, language or notice.language)


def _to_customer(
    notice: CancelNotice, kind: str, context: dict[str, Any], *, again: str = ""
) -> None:
    post(
        kind,
        key=f"{kind}:{again}:{notice.public_id}",
        to=mailbox_of(notice),
        language=notice.language,
        context={**notice_words(notice, notice.language), **context},
    )
