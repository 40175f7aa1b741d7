"""The page behind a letter: what somebody pays, when next, what goes on; one tap, or a no.

The tap stores a card on the hosted page. What it begins is charged first on the old date; where
that has passed, or is too near for Stripe, it is charged at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from access.rules import tenure
from access.services import granting
from access.services.paid_time import paid_time
from accounts.models import Customer
from core import tokens
from payments.contract import Basket, QuotedLine
from payments.errors import CannotCharge, CannotRenew, PaymentError
from payments.models import Order, RenewHere, Subscription
from payments.rules import CHECKOUT_LASTS
from payments.services.accounts import next_number, payment_account, why_not_charging
from payments.services.moving_in.letters import each_time_of, language_of
from payments.services.ordering import NEARLY_OVER, give_up, write_line
from payments.services.outbound import write_down_checkout
from payments.services.providers import provider_of
from payments.services.quoting import taxed
from payments.services.stripe_provider import expire_quietly
from payments.services.subscriptions.telling import day_in_words, told_from
from stores.scope import current_store

TOO_NEAR = timedelta(hours=48, minutes=5)
"""Stripe moves no first charge to a moment that is nearer than two days."""
State = RenewHere.State


@dataclass(frozen=True)
class Page:
    """What the reader of a letter sees; nobody's name or address."""

    title: str
    state: str
    amount: str
    day: str
    until: str
    months: str
    """How many months go on counting, in a sentence; empty for none."""
    sentences: Sequence[str] = field(default_factory=tuple)
    trouble: str = ""
    is_charged_now: bool = False
    said_no: bool = False


def letter_by(key: str) -> RenewHere | None:
    """Return the letter a link stands for; None when it is none of this store's, or nobody's."""
    found: RenewHere | None = (
        RenewHere.objects.filter(key=key, customer__erased_at=None)
        .select_related("access__product", "price__product", "customer__user")
        .first()
        if key
        else None
    )
    return found


def charged_from(letter: RenewHere, now: datetime) -> datetime | None:
    """Return when it would be charged first, tapped now; None for at once."""
    return letter.charges_at if letter.charges_at > now + TOO_NEAR else None


def look(letter: RenewHere, who: Customer | None, now: datetime) -> Page:
    """Return a letter's page, for whoever is signed in or for nobody."""
    language = get_language() or language_of(letter)
    first = charged_from(letter, now)
    return Page(
        title=letter.access.product.title,
        state=letter.state(now),
        amount=each_time_of(letter, language),
        day=day_in_words(letter.charges_at, language),
        until=day_in_words(letter.access.ends_at or letter.ends_at, language),
        months=_months(letter, now),
        sentences=told_from(letter.price, first, now),
        trouble=why_not(letter, who, now),
        is_charged_now=first is None,
        said_no=letter.said_no_at is not None,
    )


def why_not(letter: RenewHere, who: Customer | None, now: datetime) -> str:
    """Return why the button does nothing for this person now; empty when it works."""
    if who is not None and who.pk != letter.customer_id:
        return _("This letter is for another address. Sign out, and it opens for its reader.")
    if letter.state(now) not in {State.OPEN, State.NO}:
        return ""  # the page says so itself
    if _pays_otherwise(letter):
        return _("You pay for this here already. Nothing else has to be done.")
    return why_not_charging(payment_account())


def _pays_otherwise(letter: RenewHere) -> bool:
    theirs = Subscription.objects.standing().filter(
        customer=letter.customer_id, product=letter.access.product_id
    )
    return bool(theirs.exists())


def _months(letter: RenewHere, now: datetime) -> str:
    product = letter.access.product
    spans = paid_time([letter.access], now)[letter.access.pk]
    rhythm = product.rhythm or "month"
    count = tenure(spans, (), rhythm, current_store().zone, letter.charges_at)
    if not count or rhythm != "month":
        return ""
    return ngettext(
        "The month you paid for counts on.", "The %(n)s months you paid for count on.", count
    ) % {"n": count}


def renew(
    letter: RenewHere, *, who: Customer | None, consents: Sequence[str], now: datetime
) -> tuple[Order, str]:
    """Return the order of a tap, and the hosted page where its card is left.

    Tapped again it is the same order while that page is open. CannotRenew says why not; raises
    CannotCharge and TryLater as a checkout does.
    """
    for order in _begun(letter):
        if not _is_open(order, letter, now):
            expire_quietly(order)
            with suppress(PaymentError):  # it was paid a moment ago, or it is over
                provider_of(order).sync(order, now)
    order = _place(letter, who, consents, now)
    return order, provider_of(order).open_checkout(order, now)


def _begun(letter: RenewHere) -> list[Order]:
    waiting = Order.objects.filter(lines__renews=letter, status=Order.Status.PENDING)
    return list(waiting.order_by("-pk"))


def _is_open(order: Order, letter: RenewHere, now: datetime) -> bool:
    is_fresh = order.expires_at is not None and now < order.expires_at - NEARLY_OVER
    line = order.lines.first()
    return bool(is_fresh and line and line.charged_from == charged_from(letter, now))


@transaction.atomic
def _place(
    letter: RenewHere, who: Customer | None, consents: Sequence[str], now: datetime
) -> Order:
    locked: RenewHere = (
        RenewHere.objects.select_for_update(no_key=True, of=("self",))
        .select_related("access__product", "price__product", "customer__user")
        .get(pk=letter.pk)
    )
    trouble = why_not(locked, who, now)
    if trouble:
        raise CannotCharge(trouble)
    if not locked.may_renew(now):
        raise CannotRenew(_("This link opens nothing any more."))
    for order in _begun(locked):
        if _is_open(order, locked, now):
            return order
        give_up(order, now)
    return _write(locked, consents, now)


def _write(letter: RenewHere, consents: Sequence[str], now: datetime) -> Order:
    first, price, account = charged_from(letter, now), letter.price, payment_account()
    [quoted] = taxed([QuotedLine(price, 0 if first else price.amount)], now)
    customer = letter.customer
    order: Order = Order.objects.create(
        number=next_number(account),
        attempt=tokens.public_id(),
        customer=customer,
        email=customer.user.email,
        name=customer.name,
        language=get_language() or language_of(letter),
        currency=price.currency,
        total=quoted.total,
        basket=Basket(price).as_json(),
        consents={key: now.isoformat() for key in consents},
        provider=Order.Provider.STRIPE,
        stripe_account=account.stripe_account,
        placed_at=now,
        terms_accepted_at=now,
        expires_at=now + CHECKOUT_LASTS,
    )
    line = write_line(order, quoted)
    line.charged_from, line.renews = first, letter
    line.save(update_fields=["charged_from", "renews"])
    write_down_checkout(order, [line], account, now)
    return order


@transaction.atomic
def say_no(letter: RenewHere, *, who: Customer | None, now: datetime) -> RenewHere:
    """Write down that somebody does not go on: it ends with what they paid for, and no more mails.

    They may think again until then. CannotRenew where the letter is over.
    """
    locked: RenewHere = (
        RenewHere.objects.select_for_update(no_key=True, of=("self",))
        .select_related("access__product")
        .get(pk=letter.pk)
    )
    if not locked.may_renew(now) or (who is not None and who.pk != locked.customer_id):
        raise CannotRenew(_("This link opens nothing any more."))
    if locked.said_no_at is None:
        locked.said_no_at = now
        locked.save(update_fields=["said_no_at"])
        granting.set_end(locked.access, max(locked.charges_at, now), now=now, because="said no")
    return locked
