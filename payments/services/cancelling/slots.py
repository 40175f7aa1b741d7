"""What other pages gather from cancelling: the inbox, Today, timelines, a person's own data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer
from payments.models import CancelledLine, CancelNotice, Order, Stop
from payments.services.cancelling.continuing.showing import stops_of
from payments.services.cancelling.owed import still_owed
from stores import slots
from stores.models import Store
from stores.roles import Area
from stores.slots import (
    AccountRow,
    AccountSection,
    Duty,
    InboxItem,
    MailKind,
    TimelineEntry,
)

ANSWERED_SHOWN = 100
_DUE = "notice__refund_due_by"
WORDS = ("number", "date", "hour", "order_number", "due_by", "store_name")
ACKNOWLEDGED = ("number", "date", "hour")
"""What the law wants said of a notice, in whatever words."""
MAIL_KINDS = (
    MailKind(
        "cancel_received",
        gettext_lazy("a cancel notice was received"),
        (*WORDS, "key_url"),
        2,
        when=gettext_lazy("At once when somebody writes that they cancel, with number and hour."),
        required=ACKNOWLEDGED,
    ),
    MailKind(
        "cancel_done",
        gettext_lazy("a purchase was cancelled"),
        (*WORDS, "amount", "fee", "key_url"),
        2,
        when=gettext_lazy("When a cancelling takes effect."),
        required=ACKNOWLEDGED,
        sample={"may_keep": True},
    ),
    MailKind(
        "cancel_stopped",
        gettext_lazy("what was paid again and again is stopped"),
        (*WORDS, "key_url"),
        2,
        when=gettext_lazy("At once when somebody stops what they pay again and again by notice."),
        required=ACKNOWLEDGED,
        sample={"may_keep": True},
    ),
    MailKind(
        "cancel_answered",
        gettext_lazy("an answer to a cancel notice"),
        (*WORDS, "amount", "answer"),
        2,
        when=gettext_lazy("When you answer a request to cancel, or it is taken back."),
        required=("number",),
    ),
    MailKind(
        "cancel_notice",
        gettext_lazy("somebody cancels"),
        (*WORDS, "amount", "said", "said_name", "said_email", "inbox_url"),
        3,
        to_creator=True,
        area="sales",
        when=gettext_lazy("When somebody cancels, or asks to."),
    ),
)


def register() -> None:
    """Put everything into the slots."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.inbox_items.register("cancelling", inbox_items)
    slots.inbox_counts.register("cancelling", inbox_count)
    slots.inbox_answered.register("cancelling", inbox_answered)
    slots.duties.register("cancelling", duties)
    slots.customer_timeline.register("cancelling", timeline)
    slots.account_sections.register("cancelling", account_section)
    slots.personal_data.register("cancelling", NoticesOfCustomer())
    slots.store_archive.register("cancelling", whole_store)


def inbox_items(store: Store) -> Sequence[InboxItem]:
    """Return the notices that wait for an answer."""
    return [_item(each) for each in CancelNotice.objects.open().select_related("order")]


def inbox_count(store: Store) -> dict[str, int]:
    """Return how many notices ``inbox_items`` has."""
    return {Area.SALES: CancelNotice.objects.open().count()}


def inbox_answered(store: Store) -> Sequence[InboxItem]:
    """Return the notices that were answered or took effect last."""
    over = CancelNotice.objects.filter(state__in=("done", "refused", "kept"))
    return [_item(each) for each in over.select_related("order")[:ANSWERED_SHOWN]]


def _item(notice: CancelNotice) -> InboxItem:
    about = (
        _("Cancel notice %(number)s, order %(order)s")
        % {"number": notice.number, "order": notice.order.number}
        if notice.order is not None
        else _("Cancel notice %(number)s") % {"number": notice.number}
    )
    return InboxItem(
        key=f"cancel:{notice.public_id}",
        at=notice.said_at,
        who=notice.name or notice.email or _("somebody without a name"),
        sentence=about,
        url=reverse("admin:payments_cancelnotice_change", args=[notice.pk]),
        area=Area.SALES,
        state=notice.get_state_display(),
        words=notice.text,
        kind="cancel",
    )


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the money of cancelled purchases that has not gone back yet, each with its day."""
    return [_duty(each) for each in still_owed().order_by(_DUE, "pk")]


def _duty(cancelled: CancelledLine) -> Duty:
    order: Order = cancelled.line.order
    words = {
        "amount": cancelled.display(),
        "number": cancelled.notice.number,
        "order": order.number,
        "who": order.name or order.email,
    }
    by_hand = order.provider == Order.Provider.TRANSFER
    sentence = (
        _("%(amount)s to return by hand to %(who)s: order %(order)s was cancelled")
        if by_hand
        else _("%(amount)s goes back to %(who)s: order %(order)s was cancelled")
    )
    return Duty(
        key=f"cancel-money:{cancelled.pk}",
        sentence=sentence % words,
        due_at=cancelled.notice.refund_due_by,
        url=reverse("admin:payments_order_change", args=[order.pk]),
        verb=_("Return it") if by_hand else _("Look at it"),
        area=Area.SALES,
    )


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return what each customer cancelled."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    for notice in CancelNotice.objects.filter(customer__in=customers):
        words = {"number": notice.number, "state": notice.get_state_display()}
        sentence = _("Cancel notice %(number)s: %(state)s") % words
        url = reverse("admin:payments_cancelnotice_change", args=[notice.pk])
        found[by_id[notice.customer_id]].append(
            TimelineEntry(notice.said_at, sentence, url, area="sales")
        )
    return dict(found)


def account_section(customer: Customer, now: datetime) -> AccountSection:
    """Return what a customer cancelled, and the way to do it."""
    notices = CancelNotice.objects.filter(customer=customer).select_related("order")
    rows = [
        AccountRow(
            label=_("Notice %(number)s") % {"number": notice.number},
            detail=str(notice.get_state_display()),
            url=reverse("payments:cancel-notice", args=[notice.public_id]),
            verb=_("See it"),
        )
        for notice in notices[:20]
    ]
    rows.append(AccountRow(label=_("Cancel a purchase"), url=reverse("payments:cancel")))
    return AccountSection(key="cancelling", title=_("Cancelling"), rows=rows, order=20)


class NoticesOfCustomer:
    """A customer's notices. They are proof for both sides, so erasing takes the person out."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every notice as plain values."""
        notices = CancelNotice.objects.filter(_theirs(customer)).order_by("number")
        return {"cancel_notices": [_plain(each) for each in notices]}

    def erase(self, customer: Customer) -> None:
        """Take name, address and words out of the notices."""
        CancelNotice.objects.filter(_theirs(customer)).update(
            name="", email="", text="", answer="", key_hash=None
        )


def _theirs(customer: Customer) -> Q:
    """Return the condition of a customer's notices, also those written signed out."""
    return Q(customer=customer) | Q(customer=None, email__iexact=customer.user.email)


def whole_store(store: Store) -> dict[str, Any]:
    """Return every notice of the store in scope as plain values."""
    return {"cancel_notices": [_plain(each) for each in CancelNotice.objects.order_by("number")]}


def _plain(notice: CancelNotice) -> dict[str, Any]:
    return {
        "number": notice.number,
        "said_at": notice.said_at.isoformat(),
        "channel": notice.channel,
        "name": notice.name,
        "email": notice.email,
        "order": notice.order.number if notice.order else None,
        "said": notice.text,
        "state": notice.state,
        "stopped": [_plain_stop(each) for each in stops_of(notice)],
        "rules": notice.rules,
        "effective_at": notice.effective_at.isoformat() if notice.effective_at else None,
        "answer": notice.answer,
        "answered_at": notice.answered_at.isoformat() if notice.answered_at else None,
    }


def _plain_stop(stopped: Stop) -> dict[str, Any]:
    return {
        "product": stopped.subscription.product.title,
        "effective_at": stopped.effective_at.isoformat(),
        "amount_back": stopped.amount,
        "undone_at": stopped.undone_at.isoformat() if stopped.undone_at else None,
    }
