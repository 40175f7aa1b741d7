"""Orders and notices as the cancel pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core import money
from payments.models import CancelledLine, CancelNotice, InstalmentPlan, Order, Refund
from payments.services.cancelling import letters, words
from payments.services.cancelling.continuing.showing import stops_of
from payments.services.cancelling.continuing.wording import sentences_of
from payments.services.cancelling.judging import judge
from payments.services.cancelling.noticing import is_cancellable


@dataclass(frozen=True)
class ShownLine:
    """One thing of an order: may it be cancelled, and what follows."""

    position: int
    title: str
    may: bool
    back: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class ShownOrder:
    """An order with what cancelling all of it would do."""

    public_id: str
    number: int
    placed_at: datetime
    titles: str
    lines: Sequence[ShownLine]
    back: str
    fee: str
    may_all: bool
    may_some: bool


def orders(found: Sequence[Order], now: datetime) -> list[ShownOrder]:
    """Return orders as they are listed."""
    return [order(each, now) for each in found]


def order(order: Order, now: datetime) -> ShownOrder:
    """Return an order, each open thing of it judged at ``now``."""
    judged = judge(order, now) if order.is_paid else []
    positions = {line.pk: n for n, line in enumerate(order.lines.all(), 1)}
    lines = [
        ShownLine(
            position=positions[each.line.pk],
            title=each.line.title,
            may=each.right.may,
            back=each.display() if each.amount else "",
            sentences=words.right_sentences(each),
        )
        for each in judged
    ]
    inside = [each for each in judged if each.right.may]
    amount, fee = sum(each.amount for each in inside), sum(each.right.fee for each in inside)
    is_unpaid = not order.is_paid
    return ShownOrder(
        public_id=order.public_id,
        number=order.number,
        placed_at=order.placed_at,
        titles=", ".join(line.title for line in order.lines.all()),
        lines=lines,
        back=money.display(amount, order.currency) if amount else "",
        fee=money.display(fee, order.currency) if fee else "",
        may_all=is_unpaid or all(each.right.may for each in judged),
        may_some=is_unpaid or bool(inside),
    )


def is_charged_on(order: Order) -> bool:
    """Whether an order is a sum in several charges, more of which are to come."""
    plans = InstalmentPlan.objects.filter(
        subscription__order=order,
        state=InstalmentPlan.State.PAYING,
        let_go_at=None,
        stopped_at=None,
    )
    return bool(plans.exists())


def is_asked(notice: CancelNotice) -> bool:
    """Whether a notice is a request and nothing more: no money is on its way."""
    return notice.state == CancelNotice.State.REQUEST and not notice.cancelled.exists()


@dataclass(frozen=True)
class OrderFacts:
    """What an order's own page says of cancelling it."""

    notices: Sequence[CancelNotice]
    lines: Sequence[ShownLine]
    is_open: bool


def facts_of(found: Order, now: datetime) -> OrderFacts:
    """Return what an order's page says of cancelling; what was given away for free says little."""
    notices = list(found.cancel_notices.exclude(proof="").order_by("pk"))
    return OrderFacts(
        notices=notices,
        lines=order(found, now).lines if found.total else [],
        is_open=is_cancellable(found) and not any(each.state == "request" for each in notices),
    )


@dataclass(frozen=True)
class Entry:
    """One thing that was said or done about a notice."""

    at: datetime
    who: str
    words: str
    is_quote: bool = False


def thread(notice: CancelNotice) -> list[Entry]:
    """Return what was said and done about a notice, oldest first; both sides see the same."""
    who = notice.name or notice.email
    channel = notice.get_channel_display()
    found = [Entry(notice.said_at, who, _("Received, %(how)s") % {"how": channel})]
    if notice.text:
        found.append(Entry(notice.said_at, who, notice.text, is_quote=True))
    if notice.effective_at is not None:
        found.append(Entry(notice.effective_at, "", _("It took effect, and closed.")))
    if notice.state == CancelNotice.State.REQUEST or (notice.answered_at and notice.because):
        found.append(Entry(notice.recorded_at, "", letters.why(notice)))
    found += [entry for each in notice.cancelled.order_by("pk") for entry in _money(each)]
    for each in stops_of(notice):
        title = each.subscription.product.title
        said = " ".join([f"{title}:", *sentences_of(each)])
        found.append(Entry(notice.recorded_at, "", said))
    if notice.answered_at is not None:
        found += _answer(notice)
    return sorted(found, key=lambda entry: entry.at)


def _answer(notice: CancelNotice) -> list[Entry]:
    assert notice.answered_at is not None  # noqa: S101 -- asked by who calls
    by = notice.answered_by or notice.name or notice.email
    state = str(notice.get_state_display())
    said = [Entry(notice.answered_at, by, state)]
    if notice.answer:
        said.append(Entry(notice.answered_at, by, notice.answer, is_quote=True))
    return said


def _money(cancelled: CancelledLine) -> list[Entry]:
    if cancelled.refund is None or cancelled.undone_at is not None:
        return []
    refund: Refund = cancelled.refund
    amount = {"amount": refund.display(), "state": refund.get_state_display()}
    return [Entry(refund.created_at, "", _("%(amount)s back: %(state)s") % amount)]
