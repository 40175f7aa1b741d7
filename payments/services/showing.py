"""What the pages of buying show: the object, what one gets and when, and where it opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django.db.models import Q
from django.urls import reverse
from django.utils import formats as dates
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.contract import Viewer
from access.models import Access
from core import clock, money
from payments.models import Gift, Order, OrderLine, Refund
from payments.services.fulfilment import accesses_of
from payments.services.gifts.letters import link_of
from payments.services.promises import gift_url
from payments.services.subscriptions.terms import returns
from products.contract import formats
from products.models import Part, Price, Product
from products.services.bundles import inside
from products.services.covers import Cover, cover_of
from products.services.moments import in_words
from products.services.rhythms import a_period, in_charges
from stores.scope import current_store

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from products.contract import Option

PATTERNS = 7


@dataclass(frozen=True)
class Shown:
    """One thing in a summary: its object, its words and what it costs."""

    kind: str
    kicker: str | _StrPromise
    title: str
    hue: int
    pattern: int
    cover: Cover | None
    label: str
    amount: str
    when: str
    length: str
    inside: list[str]
    """What comes with it, by title."""
    print: str = ""
    """That a copy is posted, and from when on; empty where none is."""


@dataclass(frozen=True)
class Door:
    """One thing that can be opened, and where."""

    title: str
    url: str


def shown(price: Price, now: datetime) -> Shown:
    """Return how a price's product is shown beside the checkout form."""
    product = price.product
    option = product.contract.option(product, price.option)
    opens = option is None or option.opens
    return Shown(
        kind=product.contract.object,
        kicker=product.contract.label,
        title=product.title,
        hue=product.hue,
        pattern=crc32(product.public_id.encode()) % PATTERNS,
        cover=cover_of(product),
        label=price.label,
        amount=amount_in_words(price),
        when=_when_of(price, now) if opens else "",
        length=length_in_words(price) if opens else "",
        print=_print_in_words(option, now),
        inside=[each.title for each in inside(product, price)],
    )


def amount_in_words(price: Price) -> str:
    """Return what a price costs: each time, in how many charges, for each place of a team."""
    if price.kind == Price.Kind.INSTALMENTS:
        return in_charges(price.amount, price.charges or 1, price.currency)
    amount = a_period(price) if returns(price) else price.display()
    return _("%(amount)s for each place") % {"amount": amount} if price.is_team else amount


def _when_of(price: Price, now: datetime) -> str:
    if price.is_team and not price.product.is_presale:
        return _("You invite your people right after paying. Each place opens when it is taken.")
    return _when(price.product, now, is_free=price.kind == Price.Kind.FREE)


def _when(product: Product, now: datetime, *, is_free: bool) -> str:
    if not product.is_presale or product.opens_at is None:
        return _("Opens at once, in the browser, and a link comes by mail.")
    if product.opens_at <= now:
        return _("It opens in a moment, and a link comes by mail.")
    words = {"when": in_words(product.opens_at)}
    if is_free:
        return _("Opens %(when)s. If it moves, you'll hear of it the same day.") % words
    return (
        _(
            "Opens %(when)s. If it moves, you'll hear of it the same day, and until it opens you"
            " may have your money back, no questions."
        )
        % words
    )


def _print_in_words(option: Option | None, now: datetime) -> str:
    if option is None or not option.is_posted:
        return ""
    if option.comes_on is None or option.comes_on <= clock.local_day(now, current_store().zone):
        return _("A printed copy, posted to you.")
    words = {"day": dates.date_format(option.comes_on)}
    if option.opens:
        said = _("A printed copy, posted from %(day)s on. The digital one does not wait for it.")
        return said % words
    return _("A printed copy, posted from %(day)s on: it is still being printed.") % words


def length_in_words(price: Price | OrderLine) -> str:
    """Return how long what is bought stays open."""
    if price.length == Price.Length.PERIODS and price.length_count:
        if price.length_unit == "week":
            words = ngettext("%(n)s week of access", "%(n)s weeks of access", price.length_count)
        else:
            words = ngettext("%(n)s month of access", "%(n)s months of access", price.length_count)
        return words % {"n": price.length_count}
    if price.length == Price.Length.UNTIL and price.length_until:
        return _("Open until %(day)s") % {"day": dates.date_format(price.length_until)}
    if price.length == Price.Length.UNITS and price.length_count:
        words = ngettext("%(n)s issue", "%(n)s issues", price.length_count)
        return words % {"n": price.length_count}
    if returns(price if isinstance(price, Price) else price.price):
        return _("Open as long as it is paid")
    return _("Yours for good")


def owned(viewer: Viewer, product: Product, now: datetime) -> list[Access]:
    """Return what this browser has of a product already, open or bought before it opens.

    Only for who is signed in or carries a guest pass or a key: an address that was merely typed
    says nothing about what its owner bought.
    """
    if not (viewer.customer or viewer.access_ids or viewer.keys):
        return []
    keys = {key.part_id: key.customer_id for key in viewer.keys}
    parts = Part.objects.filter(pk__in=keys, product=product).values_list("pk", flat=True)
    customers = {keys[part] for part in parts}
    if viewer.customer:
        customers.add(viewer.customer.pk)
    theirs = Q(pk__in=viewer.access_ids) | Q(customer__in=customers)
    held = Access.objects.held(now).filter(theirs, product=product)
    return list(held.select_related("product", "awaits"))


def doors(accesses: Sequence[Access], now: datetime) -> list[Door]:
    """Return where these accesses open, in their order; what is not open yet is left out."""
    by_format: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        if access.is_live(now):
            by_format[access.product.format].append(access)
    urls: dict[Access, str] = {}
    for key, group in by_format.items():
        urls |= formats[key].open_urls(group)
    return [Door(access.product.title, urls[access]) for access in accesses if urls.get(access)]


def doors_of(order: Order, now: datetime) -> list[Door]:
    """Return where what an order gave opens."""
    return doors(accesses_of(order), now)


@dataclass(frozen=True)
class Row:
    """A line of a receipt."""

    title: str
    label: str
    amount: str
    is_closed: bool = False


def rows_of(order: Order) -> list[Row]:
    """Return an order's lines as a receipt shows them."""
    lines = list(order.lines.all())
    rows = [
        Row(
            title=line.title,
            label=line.label,
            amount=money.display(line.total - line.shipping_total, order.currency),
            is_closed=line.closed_at is not None,
        )
        for line in lines
    ]
    posting = sum(line.shipping_total for line in lines)
    if posting:
        rows.append(Row(_("Shipping"), "", money.display(posting, order.currency)))
    return rows


def refunds_of(order: Order) -> list[Row]:
    """Return what was given back of an order, as a receipt shows it."""
    refunds = Refund.objects.effective().filter(payment__order=order)
    return [
        Row(
            title=dates.date_format(refund.created_at.astimezone(current_store().zone)),
            label=refund.reason,
            amount=money.display(-refund.amount, order.currency),
        )
        for refund in refunds
    ]


def how_to_pay(order: Order) -> dict[str, Any]:
    """Return what the page of an order says that waits for money by another way than a card."""
    until = order.expires_at.astimezone(current_store().zone) if order.expires_at else None
    return {
        "order": order,
        "way": order.way,
        "total": order.display_total(),
        "until": dates.date_format(until) if until else "",
        "lines": rows_of(order),
    }


@dataclass(frozen=True)
class GiftRow:
    """A gift as its giver sees it."""

    to: str
    state: str
    link: str
    card_url: str
    is_waiting: bool
    back_url: str
    """Where the giver takes the money back, while it has not opened."""


def gift_of(order: Order, now: datetime) -> GiftRow | None:
    """Return the gift in an order, for its giver; None when there is none."""
    gifts = Gift.objects.filter(line__order=order)
    gift = gifts.select_related("line__order", "line__product").first()
    if gift is None:
        return None
    return GiftRow(
        to=gift.to_name or gift.to_email,
        state=_gift_state(gift, now),
        link=link_of(gift, order.language),
        card_url=reverse("payments:gift-card", args=[gift.public_id, gift.key]),
        is_waiting=gift.is_waiting,
        back_url=gift_url(gift, now),
    )


def _gift_state(gift: Gift, now: datetime) -> str:
    zone = current_store().zone
    if gift.withdrawn_at is not None:
        return _("Taken back.")
    if gift.claimed_at is not None:
        day = dates.date_format(gift.claimed_at.astimezone(zone))
        return _("Opened on %(day)s.") % {"day": day}
    if gift.sent_at is not None:
        return _("A mail was sent to %(email)s. It was not opened yet.") % {"email": gift.to_email}
    if gift.is_due(now):
        if gift.to_email:
            return _("A mail is on its way to %(email)s.") % {"email": gift.to_email}
        return _("Not opened yet.")
    day = dates.date_format(gift.deliver_at.astimezone(zone), "DATETIME_FORMAT")
    if gift.to_email:
        return _("A mail goes to %(email)s on %(day)s.") % {"email": gift.to_email, "day": day}
    return _("Not opened yet. It can be opened from %(day)s on.") % {"day": day}
