"""Access in words for the staff: how it stands, where it is from, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from access.contract import Locked, Open, Viewer
from access.models import Access, AccessEvent, SourceKind
from access.services.gate import may_open
from access.services.sentences import day
from accounts.models import Customer
from products.models import Part, Product
from stores import slots
from stores.roles import Area

MOST_PRODUCTS = 30
EVENT_WORDS = {
    "granted": gettext_lazy("given"),
    "revoked": gettext_lazy("taken back"),
    "suspended": gettext_lazy("put on hold"),
    "restored": gettext_lazy("opened again"),
    "paused": gettext_lazy("rests"),
    "resumed": gettext_lazy("came back from a rest"),
    "end_set": gettext_lazy("its end was set"),
    "paid": gettext_lazy("paid time was recorded"),
    "begun": gettext_lazy("its time began"),
    "counted": gettext_lazy("one of the number bought was given"),
    "moved": gettext_lazy("moved here from another address"),
    "opened": pgettext_lazy("of an access", "opened"),
}


def customer_url(customer: Customer) -> str:
    """Return a customer's page."""
    return reverse("admin:accounts_customer_change", args=[customer.pk])


def standing(access: Access, now: datetime) -> str:
    """Return in words how an access stands and until when."""
    if access.revoked_at is not None:
        return _("taken back %(day)s") % {"day": day(access.revoked_at)}
    if access.suspended_at is not None:
        return _("on hold since %(day)s") % {"day": day(access.suspended_at)}
    if access.awaits_id is not None and not access.has_begun(now):
        return _("waits for the opening")
    if access.starts_at > now:
        return _("opens %(day)s") % {"day": day(access.starts_at)}
    return _how_long(access, now)


def _how_long(access: Access, now: datetime) -> str:
    if access.units_left:
        words = ngettext("%(count)s more to come", "%(count)s more to come", access.units_left)
        return words % {"count": access.units_left}
    if access.ends_at is None:
        return _("for good")
    if access.ends_at <= now:
        return _("ended %(day)s") % {"day": day(access.ends_at)}
    return _("until %(day)s") % {"day": day(access.ends_at)}


def origin(access: Access) -> str:
    """Return where an access comes from."""
    words = str(SourceKind(access.source_kind).label)
    return f"{words} {access.reason}".strip()


def taking_back(access: Access) -> list[str]:
    """Return what taking an access back means, in sentences."""
    sentences = [_("It closes at once. What they wrote and where they stopped is kept.")]
    if access.children.filter(revoked_at=None).exists():
        sentences.append(_("What it includes closes too."))
    if access.source_kind == SourceKind.ORDER_LINE:
        sentences.append(
            _("No money goes back by this. To give money back, open the order; that closes it too.")
        )
    sentences.append(_("No mail goes out."))
    return sentences


def story_line(event: AccessEvent) -> tuple[datetime, str]:
    """Return a change of an access as a sentence, with its moment."""
    words = [str(EVENT_WORDS.get(event.what, event.what))]
    if event.by:
        words.append(pgettext("who did it", "by %(name)s") % {"name": event.by})
    sentence = " ".join(words)
    return event.at, f"{sentence} · {event.because}" if event.because else sentence


def access_section(customer: Customer, now: datetime) -> slots.CustomerSection:
    """Return what a customer has, on their page."""
    accesses = list(Access.objects.filter(customer=customer).select_related("product"))
    locked = locks_of(customer, accesses, now)
    return slots.CustomerSection(
        title=_("What they have"),
        rows=[
            slots.CustomerRow(
                label=access.product.title,
                detail=" · ".join(
                    filter(
                        None, [standing(access, now), origin(access), locked.get(access.product_id)]
                    )
                ),
                url=reverse("admin:access_access_change", args=[access.pk]),
            )
            for access in accesses
        ],
        empty=_("Nothing yet."),
        area=Area.CUSTOMERS,
        verb=_("Give access"),
        url=reverse("admin:access_access_give", args=[customer.pk]),
    )


def locks_of(customer: Customer, accesses: Sequence[Access], now: datetime) -> dict[int, str]:
    """Return, by product, what the gate says to a customer where nothing of it is open."""
    products = {access.product_id for access in accesses}
    parts = list(Part.objects.filter(product__in=products, parent=None).select_related("product"))
    answers = may_open(Viewer(customer=customer), parts, now)
    found: dict[int, str] = {}
    for part in parts:
        answer = answers[part]
        if isinstance(answer, Locked):
            verb = f" ({answer.remedy.verb})" if answer.remedy else ""
            found.setdefault(part.product_id, f"{answer.because}{verb}")
    opened = {part.product_id for part in parts if isinstance(answers[part], Open)}
    return {product: said for product, said in found.items() if product not in opened}


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[slots.TimelineEntry]]:
    """Return what happened to the accesses of customers, and when they first and last opened."""
    found: dict[Customer, list[slots.TimelineEntry]] = {each: [] for each in customers}
    events = AccessEvent.objects.filter(access__customer__in=customers)
    for event in events.select_related("access__product", "access__customer"):
        moment, sentence = story_line(event)
        line = f"{event.access.product}: {sentence}"
        found[event.access.customer].append(
            slots.TimelineEntry(moment, capfirst(line), _page(event.access), kind="access")
        )
    opened = Access.objects.filter(customer__in=customers, first_opened_at__isnull=False)
    for access in opened.select_related("product", "customer"):
        words = {"title": access.product.title}
        first, last = access.first_opened_at, access.last_opened_at
        lines = [(first, _("Opened “%(title)s” for the first time") % words)]
        if last is not None and last != first:
            lines.append((last, _("Opened “%(title)s” last") % words))
        found[access.customer] += [
            slots.TimelineEntry(at, said, _page(access), kind="access")
            for at, said in lines
            if at is not None
        ]
    return found


def _page(access: Access) -> str:
    return reverse("admin:access_access_change", args=[access.pk])


def _products() -> list[tuple[str, str]]:
    rows = Product.objects.exclude(status=Product.Status.DRAFT).order_by("title")
    return [(product.public_id, product.title) for product in rows[:MOST_PRODUCTS]]


def _having(choice: str, now: datetime) -> Any:
    accesses = Access.objects.live(now).filter(product__public_id=choice)
    return accesses.values("customer_id")


HAVE = slots.CustomerFilter(title=gettext_lazy("has"), choices=_products, among=_having)
