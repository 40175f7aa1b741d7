"""What stands beside a conversation: who it is, what they have, and what the gate says to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from access.contract import Locked, Viewer
from access.services.gate import may_open
from accounts.models import Customer
from accounts.services.notes import notes_of
from conversations.models import Conversation
from stores import slots
from stores.models import Staff
from stores.roles import Area
from stores.services.following import may_follow
from stores.slots import CustomerSection, SentOnce, TimelineEntry

LATEST = 4


@dataclass(frozen=True)
class Aside:
    """What one should know before answering."""

    customer: Customer | None
    customer_url: str
    maybe_url: str
    """A customer with the address a visitor wrote, who has not shown that it is theirs."""
    gate: str
    """What the part they stand at says to them."""
    sections: Sequence[CustomerSection]
    latest: Sequence[TimelineEntry]
    notes: Sequence[object]
    others: Sequence[Conversation]


def aside_of(conversation: Conversation, staff: Staff, now: datetime) -> Aside:
    """Return what this member of the team may see about who asks."""
    customer = conversation.customer
    if customer is None:
        same = Customer.objects.filter(user__email=conversation.email, erased_at=None).first()
        maybe = _page_of(same) if same is not None and conversation.email else ""
        return Aside(None, "", maybe, "", [], [], [], [])
    others = Conversation.objects.filter(customer=customer).exclude(pk=conversation.pk)
    return Aside(
        customer=customer,
        customer_url=_page_of(customer),
        maybe_url="",
        gate=gate_says(conversation, now),
        sections=_sections(customer, staff, now),
        latest=_latest(customer, staff),
        notes=list(notes_of(customer)[:LATEST]),
        others=list(others.select_related("part__product", "product")[:LATEST]),
    )


def sent_to(conversation: Conversation, staff: Staff) -> list[tuple[SentOnce, bool]]:
    """Return what they should have got of the order they write of, and whether one may send it.

    Nothing is told of an order that is not theirs, whatever number they wrote.
    """
    customer, number = conversation.customer, conversation.order_number
    if customer is None or number is None:
        return []
    rows = [row for entry in slots.sent_of_order.all() for row in entry(number, customer)]
    return [
        (row, bool(row.send) and staff.may_change(Area(row.area)))
        for row in rows
        if staff.may_view(Area(row.area))
    ]


def gate_says(conversation: Conversation, now: datetime) -> str:
    """Return the sentence the customer reads at the part they asked about; empty without one."""
    part, customer = conversation.part, conversation.customer
    if part is None or customer is None:
        return ""
    answer = may_open(Viewer(customer=customer), [part], now)[part]
    if isinstance(answer, Locked):
        return _("Locked for them: %(why)s") % {"why": answer.because}
    return _("“%(title)s” is open for them.") % {"title": part.title}


def _sections(customer: Customer, staff: Staff, now: datetime) -> list[CustomerSection]:
    """Return what they have, without what is done about it: that is on their own page."""
    wanted = [key for key in ("access",) if key in slots.customer_sections.keys()]  # noqa: SIM118 -- a slot
    found = [slots.customer_sections.get(key)(customer, now) for key in wanted]
    return [each for each in found if staff.may_view(Area(each.area))]


def _latest(customer: Customer, staff: Staff) -> list[TimelineEntry]:
    lines = [
        line if may_follow(line, staff) else replace(line, url="")
        for entry in slots.customer_timeline.all()
        for line in entry([customer]).get(customer, [])
        if line.kind != "messages" and staff.may_view(Area(line.area))
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:LATEST]


def _page_of(customer: Customer) -> str:
    return reverse("admin:accounts_customer_change", args=[customer.pk])
