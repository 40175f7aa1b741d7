"""Another price for all who pay one: announced a month before, then changed with each next charge.

Who leaves before pays the old price to the end. Each is written to, and each is one written-down
call, made in the days before their first charge at the new price; so until the first of them the
whole can be stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import money
from mail.models import Message
from mail.services.outbox import Letter, post_many
from payments.errors import CannotChange, PaymentError
from payments.models import PlanChange, PriceRise, Subscription
from payments.services.addresses import page_url
from payments.services.subscriptions.changing import change_later
from payments.services.subscriptions.coming import NOTICE, key_of, next_charge
from payments.services.subscriptions.stopping import stop_url
from payments.services.subscriptions.telling import day_in_words, each_time
from payments.services.subscriptions.terms import charge_total, returns
from products.models import Price
from products.services.catalogue import offer_instead
from products.services.rhythms import a_period
from stores.scope import all_stores, current_store

LEAD = timedelta(days=3)
"""So long before a charge its new amount is set at Stripe."""
LETTERS, CALLS = 500, 50
"""So many at a time."""


@dataclass(frozen=True)
class Progress:
    """How far a change of price is: numbers of subscriptions."""

    told: int
    changed: int
    under_way: int
    left: int
    """Who pays the old price still, and goes on."""


@transaction.atomic
def announce(
    old: Price, *, amount: int, holds_from: datetime, now: datetime, new: Price | None = None
) -> PriceRise:
    """Announce that who pays ``old`` will pay ``amount`` (minor units, before tax on top).

    It holds from each one's first charge after ``holds_from``. New buyers pay it at once: ``new``
    is the price offered in the old one's place, made here where there is none. CannotChange.
    """
    check(old, amount=amount, holds_from=holds_from, now=now)
    made = new or offer_instead(old, amount=amount)
    rise: PriceRise = PriceRise.objects.create(
        old=old, new=made, holds_from=holds_from, announced_at=now
    )
    return rise


def check(old: Price, *, amount: int, holds_from: datetime, now: datetime) -> None:
    """Raise CannotChange, with a sentence for the creator, where such a change cannot be."""
    if not returns(old):
        raise CannotChange(_("Only what is paid again and again has later charges."))
    if holds_from < now + NOTICE:
        raise CannotChange(_("Everybody hears of it at least 30 days before."))
    if PriceRise.objects.filter(old=old, stopped_at=None).exists():
        raise CannotChange(_("A change of this price was announced already."))
    if amount == old.amount:
        raise CannotChange(_("This is what it costs already."))


def payers(price: Price) -> QuerySet[Subscription]:
    """Return the subscriptions that are charged this price again."""
    return _paying(PriceRise(old=price))


@transaction.atomic
def stop(rise: PriceRise, *, now: datetime) -> PriceRise:
    """Call a change of price off before it has begun, and write so to who was told of it.

    New buyers go on paying the new price. CannotChange once the first is changed.
    """
    locked: PriceRise = PriceRise.objects.select_for_update(no_key=True).get(pk=rise.pk)
    if locked.stopped_at is not None:
        return locked
    if locked.changes.exists():
        raise CannotChange(
            _("It has begun: some pay the new price already, or will with their next charge.")
        )
    locked.stopped_at = now
    locked.save(update_fields=["stopped_at"])
    post_many("price_stays", [_stays(each, locked) for each in _told(locked)])
    return locked


def progress(rise: PriceRise) -> Progress:
    """Return how far it is."""
    changes = rise.changes.filter(dropped_at=None)
    changed = changes.filter(applied_at__isnull=False).count()
    return Progress(
        told=_told(rise).count(),
        changed=changed,
        under_way=changes.count() - changed,
        left=_paying(rise).count(),
    )


def told_of_rise(subscription: Subscription) -> str:
    """Return, for its owner, from when on another price is paid; empty where none was told of."""
    heard = next_charge(subscription).heard
    if heard is None:
        return ""
    price = a_period(heard.rise.new, money.display(heard.amount, subscription.currency))
    return _(
        "With your first charge after %(day)s it costs %(price)s. Stop before that, and you never"
        " pay it."
    ) % {"day": day_in_words(heard.holds_from), "price": price}


def stores_with_rises(now: datetime) -> list[int]:
    """Return the stores in which somebody is to be told of a change of price, or changed."""
    with all_stores():
        open_ones = PriceRise.objects.filter(stopped_at=None)
        due = [each for each in open_ones if each.told_at is None or _due(each, now).exists()]
    return sorted({rise.store_id for rise in due})


def work_on_rises(now: datetime) -> None:
    """Write to, and change, the next ones in the store in scope."""
    for pk in PriceRise.objects.filter(stopped_at=None).values_list("pk", flat=True):
        _tell_next(pk, now)
        rise = PriceRise.objects.get(pk=pk)
        for subscription in _due(rise, now)[:CALLS]:
            _change(rise, subscription, now)


@transaction.atomic
def _tell_next(pk: int, now: datetime) -> None:
    """Write to the next of those who pay the old price; locked, so that each is told once."""
    rise: PriceRise = PriceRise.objects.select_for_update(no_key=True).get(pk=pk)
    if rise.told_at is not None or rise.stopped_at is not None:
        return
    some = list(_paying(rise).filter(pk__gt=rise.told_to).order_by("pk")[:LETTERS])
    post_many("price_rises", [_letter(each, rise) for each in some])
    if len(some) < LETTERS:
        rise.told_at = now
    if some:
        rise.told_to = some[-1].pk
    rise.save(update_fields=["told_to", "told_at"])


def _change(rise: PriceRise, subscription: Subscription, now: datetime) -> None:
    """Set the new price for one, unless they were told too late: then tell, and wait."""
    letter = Message.objects.filter(key=key_of(rise, subscription)).first()
    if letter is None:  # who began at the old price while all others were told
        post_many("price_rises", [_letter(subscription, rise)])
        return
    charged_at = subscription.next_charge_at
    if charged_at is None or charged_at < letter.created_at + NOTICE:
        return
    try:
        change_later(subscription, rise.new, now=now, rise=rise)
    except PaymentError:
        return  # looked at again with the next sweep


def _paying(rise: PriceRise) -> QuerySet[Subscription]:
    found: QuerySet[Subscription] = (
        Subscription.objects.going_on()
        .filter(price=rise.old_id)
        .select_related("customer__user", "product", "order", "price")
    )
    return found


def _due(rise: PriceRise, now: datetime) -> QuerySet[Subscription]:
    """Return whose next charge is the first after the day, and near."""
    changes = PlanChange.objects.open().filter(subscription=OuterRef("pk"))
    near = {"next_charge_at__gte": rise.holds_from, "next_charge_at__lte": now + LEAD}
    return _paying(rise).filter(~Exists(changes), **near).order_by("pk")


def _told(rise: PriceRise) -> QuerySet[Subscription]:
    keys = Message.objects.filter(key__startswith=f"price-rises:{rise.public_id}:")
    ids = [key.rpartition(":")[2] for key in keys.values_list("key", flat=True)]
    found: QuerySet[Subscription] = Subscription.objects.filter(public_id__in=ids).select_related(
        "customer__user", "product", "order", "price"
    )
    return found


def _letter(subscription: Subscription, rise: PriceRise) -> Letter:
    return _letter_of(subscription, rise, key_of(rise, subscription))


def _stays(subscription: Subscription, rise: PriceRise) -> Letter:
    key = f"price-stays:{rise.public_id}:{subscription.public_id}"
    return _letter_of(subscription, rise, key)


def _new_price(subscription: Subscription, rise: PriceRise, language: str | None = None) -> str:
    amount = charge_total(rise.new, subscription.seats, rise.announced_at)
    return a_period(rise.new, money.display(amount, rise.new.currency, language))


def _letter_of(subscription: Subscription, rise: PriceRise, key: str) -> Letter:
    language = subscription.customer.language or subscription.order.language
    with override(language):
        context = {
            "title": subscription.product.title,
            "store_name": current_store().name,
            "old_price": each_time(subscription, language),
            "new_price": _new_price(subscription, rise, language),
            "day": day_in_words(rise.holds_from, language),
            "shelf_url": page_url("storefront:shelf", language=language),
            "end_url": stop_url(subscription, language),
        }
    return Letter(
        key=key,
        to=subscription.customer.user.email,
        name=subscription.customer.name or subscription.order.name,
        language=language,
        context=context,
    )
