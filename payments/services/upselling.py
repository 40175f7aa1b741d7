"""One more thing, right after paying, with the card that was just used; never twice.

The follower is an order of its own. Its charge is written down before it is made. When the bank
asks for its owner, or says no, nothing was charged and the same order is paid on the hosted page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core import money, tokens
from payments.contract import NO_CONSENTS, Basket, Consents, Quote, QuotedLine
from payments.errors import CannotCharge, NotOurs, SumChanged
from payments.models import Extra, Order, Payment
from payments.rules import CHECKOUT_LASTS
from payments.services import outbound, stripe_api
from payments.services.accounts import next_number, payment_account
from payments.services.fulfilment import fulfil
from payments.services.ordering import take, write_line
from payments.services.quoting import check, extras_for, taxed
from payments.services.stripe_provider import StripeProvider

OFFERED_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Upsell:
    """What is offered once after an order, at what it would cost now."""

    extra: Extra
    quoted: Quote

    @property
    def amount(self) -> str:
        """What pressing the button costs, in the reader's language; empty for nothing."""
        total = self.quoted.total
        return money.display(total, self.quoted.currency) if total else ""


@dataclass(frozen=True)
class _Card:
    """A card that was kept, and whose it is, as Stripe calls them."""

    customer: str
    method: str


def upsell_for(order: Order, now: datetime) -> Upsell | None:
    """Return what is offered once after this order was paid by card, or None."""
    is_fresh = order.paid_at is not None and now < order.paid_at + OFFERED_FOR
    if not is_fresh or order.provider != Order.Provider.STRIPE or order.follows_id is not None:
        return None
    if order.status != Order.Status.PAID or order.followers.exists():
        return None
    bought = set(order.lines.values_list("product_id", flat=True))
    main = order.lines.select_related("price__product").filter(is_extra=False)[0].price
    offered = extras_for(main, who=order.customer, now=now, kind=Extra.Kind.UPSELL)
    extra = next((each for each in offered if each.price.product_id not in bought), None)
    return Upsell(extra, _quote(extra, now)) if extra is not None else None


def take_upsell(
    order: Order,
    extra: Extra,
    *,
    now: datetime,
    consents: Consents = NO_CONSENTS,
    seen_total: int | None = None,
) -> str:
    """Buy what was offered after an order, and return where its buyer goes on.

    Pressing twice is buying once: there is one follower to an order. Raises NotSellable, TryLater,
    CannotCharge when the card was not kept, and SumChanged when it costs something else than
    ``seen_total``, in minor units.
    """
    follower = order.followers.first() or _place(order, extra, now, consents, seen_total)
    return go_on(follower, now)


def go_on(follower: Order, now: datetime) -> str:
    """Charge a follower that waits, and return where its buyer goes: it is paid, or the page.

    May be called again, after any interruption. Raises TryLater.
    """
    if follower.status == Order.Status.PENDING:
        return StripeProvider().open_checkout(follower, now)
    return reverse("payments:return", args=[follower.public_id])


def _quote(extra: Extra, now: datetime) -> Quote:
    line = QuotedLine(extra.price, extra.price.amount)
    return Quote(tuple(taxed([line], now)), extra.price.currency)


def _place(
    order: Order, extra: Extra, now: datetime, consents: Consents, seen_total: int | None
) -> Order:
    check(extra.price, who=order.customer, now=now)
    quoted = _quote(extra, now)
    if seen_total not in {None, quoted.total}:
        raise SumChanged(_("The sum is another one now."))
    card = _kept_card(order) if quoted.total else None
    try:
        return _write(order, quoted, card, consents, now)
    except IntegrityError:
        twin: Order | None = order.followers.first()
        if twin is None:
            raise
        return twin


def _kept_card(order: Order) -> _Card:
    payment = Payment.objects.filter(order=order, provider=Order.Provider.STRIPE).first()
    if payment is None:
        raise CannotCharge(_("This cannot be paid right now."))
    intent = stripe_api.fetch_intent(payment.stripe_account, payment.payment_intent)
    if not (intent.customer and intent.payment_method):
        raise NotOurs(payment.payment_intent)
    return _Card(intent.customer, intent.payment_method)


@transaction.atomic
def _write(
    order: Order, quoted: Quote, card: _Card | None, consents: Consents, now: datetime
) -> Order:
    account = payment_account()
    follower: Order = Order.objects.create(
        number=next_number(account),
        attempt=tokens.keyed_hash("upsell", order.public_id)[:20],
        follows=order,
        customer=order.customer,
        email=order.email,
        name=order.name,
        buyer_company=order.buyer_company,
        buyer_tax_id=order.buyer_tax_id,
        buyer_country=order.buyer_country,
        language=order.language,
        currency=order.currency,
        total=quoted.total,
        basket=Basket(quoted.lines[0].price).as_json(),
        consents={key: now.isoformat() for key in consents.given},
        provider=Order.Provider.STRIPE if card else Order.Provider.FREE,
        stripe_account=order.stripe_account if card else "",
        placed_at=now,
        terms_accepted_at=order.terms_accepted_at,
        expires_at=now + CHECKOUT_LASTS if card else None,
    )
    write_line(follower, quoted.lines[0])
    take(follower, quoted, now)
    if card is None:
        fulfil(follower, now)
    else:
        outbound.write_down_charge(
            follower, account, customer=card.customer, method=card.method, now=now
        )
    return follower
