"""What we know of a disputed purchase, from our own rows: for the bank as text, and as a paper.

Only what bears on it: who bought what, when it was agreed to, sent, and opened. No address of a
computer is kept anywhere, so none is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime
from django.db.models import Q
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from access.models import Access, AccessEvent
from access.services.moving import MOVED
from accounts.models import Customer
from content.models import Progress
from core import days, money
from mail.models import Message
from payments.models import Dispute, Order, Refund
from payments.services.cancelling.words import consents_in_words
from payments.services.disputes.words import reason_of
from payments.services.fulfilment import given_by
from stores.scope import current_store
from stores.slots import mail_kinds

LONGEST = 19_000
"""Stripe takes 20,000 characters in one field."""
MANY = 200


@dataclass(frozen=True)
class Section:
    """One heading with what stands under it: each a label and a value."""

    title: str
    rows: Sequence[tuple[str, str]]


def pack(dispute: Dispute) -> list[Section]:
    """Return all we know of a disputed purchase, in the language of the page."""
    order = dispute.payment.order
    accesses = given_by(order)
    return [
        _question(dispute),
        _purchase(order),
        _promised(order),
        _agreed(order),
        _mails(order),
        _opened(accesses),
        _progress(accesses),
        _given_back(order),
    ]


def evidence_of(dispute: Dispute, *, note: str) -> dict[str, str]:
    """Return Stripe's fields of evidence, in English; ``note`` is what a person adds."""
    with override("en"):
        order = dispute.payment.order
        accesses = given_by(order)
        used = [_opened(accesses), _progress(accesses)]
        text = [_purchase(order), _agreed(order), _mails(order), _given_back(order)]
        fields = {
            "access_activity_log": _as_text(used),
            "customer_email_address": order.email,
            "customer_name": order.name,
            "product_description": _as_text([_promised(order)]),
            "refund_policy_disclosure": _as_text([_agreed(order)]),
            "service_date": _first_day(order),
            "uncategorized_text": "\n\n".join(each for each in (note, _as_text(text)) if each),
        }
    return {name: value[:LONGEST] for name, value in fields.items() if value}


def _as_text(sections: Sequence[Section]) -> str:
    blocks = []
    for section in sections:
        lines = [f"{label}: {value}" if value else label for label, value in section.rows]
        if lines:
            blocks.append("\n".join([section.title.upper(), *lines]))
    return "\n\n".join(blocks)


def _first_day(order: Order) -> str:
    return order.paid_at.date().isoformat() if order.paid_at else ""


def _question(dispute: Dispute) -> Section:
    rows = [
        (_("What the bank says"), reason_of(dispute)),
        (_("Amount"), dispute.display()),
        (_("Asked on"), moment(dispute.opened_at)),
        (_("Number at Stripe"), dispute.stripe_id),
    ]
    return Section(_("The bank's question"), rows)


def _purchase(order: Order) -> Section:
    rows = [
        (_("Shop"), current_store().name),
        (_("Order"), str(order.number)),
        (_("Placed"), moment(order.placed_at)),
        (_("Paid"), moment(order.paid_at)),
        (_("Total"), order.display_total()),
        (_("Name"), order.name),
        (_("Email"), order.email),
    ]
    return Section(_("The purchase"), [row for row in rows if row[1]])


def _promised(order: Order) -> Section:
    rows = []
    for line in order.lines.select_related("product"):
        kind = str(line.product.contract.label)
        what = ", ".join(each for each in (kind, line.label) if each)
        rows.append((line.title, f"{what} · {money.display(line.total, order.currency)}"))
    return Section(_("What was promised"), rows)


def _agreed(order: Order) -> Section:
    words = consents_in_words()
    rows = [(_("The shop's terms were accepted"), moment(order.terms_accepted_at))]
    for key, at in sorted(order.consents.items()):
        rows.append((words.get(key, str(key)), moment(datetime.fromisoformat(at))))
    return Section(_("What was agreed to at checkout"), rows)


def _mails(order: Order) -> Section:
    to_buyer = Q(to_address=order.email)
    about_it = Q(to_address__in=_addresses(order), context__number=order.number)
    sent = Message.objects.filter(to_buyer | about_it, sent_at__gte=order.placed_at)
    known = set(mail_kinds.keys())
    rows = [
        (moment(each.sent_at), str(mail_kinds.get(each.kind).label) + f": {each.subject}")
        for each in sent.order_by("sent_at")[:MANY]
        if each.kind in known and not mail_kinds.get(each.kind).wiped
    ]
    return Section(_("Mails sent"), rows)


def _addresses(order: Order) -> set[str]:
    """Return where mails about this purchase went: it may have moved, or been given away."""
    accesses = given_by(order)
    had = AccessEvent.objects.filter(access__in=accesses, what=MOVED)
    before = [event.before.get("customer", "") for event in had]
    people = Customer.objects.filter(
        Q(pk__in=[each.customer_id for each in accesses]) | Q(public_id__in=before)
    )
    return set(people.values_list("user__email", flat=True))


def _opened(accesses: Sequence[Access]) -> Section:
    rows = []
    for access in accesses:
        rows.append(
            (access.product.title, _("open from %(day)s") % {"day": moment(access.starts_at)})
        )
        if access.first_opened_at is None:
            rows.append((access.product.title, _("not opened")))
        else:
            said = _("opened first on %(first)s, last on %(last)s") % {
                "first": moment(access.first_opened_at),
                "last": moment(access.last_opened_at),
            }
            rows.append((access.product.title, said))
    openings = AccessEvent.objects.filter(access__in=accesses, what="opened")
    rows += [
        (
            moment(event.at),
            pgettext("a book", "opened: %(title)s") % {"title": event.access.product.title},
        )
        for event in openings.select_related("access__product").order_by("at", "id")[:MANY]
    ]
    return Section(_("When it was opened"), rows)


def _progress(accesses: Sequence[Access]) -> Section:
    """Return how far whoever has it came: its buyer, or who got it as a gift."""
    theirs = Q(pk__in=[])
    for access in accesses:
        theirs |= Q(customer=access.customer_id, part__product=access.product_id)
    found = Progress.objects.filter(theirs)
    rows = []
    for each in found.select_related("part").order_by("updated_at")[:MANY]:
        how_far = _("%(percent)s%% on %(day)s") % {
            "percent": round(each.fraction * 100),
            "day": moment(each.updated_at),
        }
        rows.append((each.part.title, how_far))
    return Section(_("How far it was used"), rows)


def _given_back(order: Order) -> Section:
    refunds = Refund.objects.effective().filter(payment__order=order)
    return Section(
        _("Money given back"), [(moment(each.created_at), each.display()) for each in refunds]
    )


def moment(at: datetime | None) -> str:
    """Return a moment as the page's language writes it, in the store's zone, whose distance from
    Greenwich it names: a bank does not know a shop's clock.
    """
    if at is None:
        return ""
    zone = current_store().zone
    pattern = f"{days.pattern()}, HH:mm (ZZZZ)"
    return str(format_datetime(at, pattern, tzinfo=zone, locale=get_language() or "en"))
