"""The members of a demo club, in every state there is: each a subscription that was really paid.

They join through our checkout and are charged by the pretend Stripe as its clock goes on, among the
year's other sales; each charge is heard of two hours after it fell due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Customer
from core import clock, tokens
from payments.contract import Basket, Buyer, Consents
from payments.models import LeavingReason, Order, Subscription
from payments.services.cancelling.words import consents_for
from payments.services.demo import levers
from payments.services.dunning import sweeping
from payments.services.ordering import order_for
from payments.services.providers import provider_of
from payments.services.stripe_subscriptions import list_invoices
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.subscriptions.looking import look_again
from payments.services.subscriptions.reasons import say_why
from payments.services.subscriptions.resting import rest
from payments.services.sync import sync_invoice
from products.models import Price, Product
from stores.scope import current_store

HEARD_AFTER = timedelta(hours=2)
MANY = 20
"""So often the card of who is on hold is refused: more often than Stripe tries."""
JOINED_AT = time(9, 20)
A_DAY = timedelta(days=1)
Days = Iterator[timedelta]


@dataclass(frozen=True)
class Joined:
    """One member: how they pay, when they joined, and what became of it."""

    email: str
    name: str
    interval: str
    months_ago: int
    days_ago: int = 0
    """Added to the months: so many days ago the last charge fell due."""
    then: str = ""
    """"rests", "is_held", "leaves" (with ``stayed`` and ``why``), or nothing for who stays."""
    stayed: int = 0
    """How many charges who leaves paid."""
    why: tuple[str, str] | None = None


WHY = LeavingReason.Kind
MEMBERS = {
    "he": (
        Joined("tamar@example.com", "תמר לוי", "month", 13),
        Joined("rivka@example.com", "רבקה שגב", "quarter", 11, 4),
        Joined("eitan@example.com", "איתן ברק", "year", 12, 9),
        Joined("sivan@example.com", "סיון דהן", "month", 3, 6, "rests"),
        Joined("omri@example.com", "עמרי נחום", "month", 3, 10, "is_held"),
        Joined("lior@example.com", "ליאור אזולאי", "month", 12, 1, "leaves", 3),
        Joined("lior@example.com", "ליאור אזולאי", "month", 2, 3),
        Joined(
            *("yael@example.com", "יעל קדם", "month", 7, 2, "leaves", 4),
            why=(WHY.TIME, "התחלתי עבודה חדשה, והערבים נגמרו. אחזור בקיץ."),
        ),
    ),
    "en": (
        Joined("sam@example.com", "Sam Okafor", "month", 13),
        Joined("dina@example.com", "Dina Feld", "quarter", 11, 4),
        Joined("marcus@example.com", "Marcus Webb", "year", 12, 9),
        Joined("ines@example.com", "Inês Duarte", "month", 3, 6, "rests"),
        Joined("paul@example.com", "Paul Novak", "month", 3, 10, "is_held"),
        Joined("ruthie@example.com", "Ruthie Stone", "month", 12, 1, "leaves", 3),
        Joined("ruthie@example.com", "Ruthie Stone", "month", 2, 3),
        Joined(
            *("kofi@example.com", "Kofi Mensah", "month", 7, 2, "leaves", 4),
            why=(WHY.TIME, "New job, and the evenings are gone. I will be back in summer."),
        ),
    ),
}


def lives_of_members(language: str, now: datetime) -> list[tuple[datetime, Days]]:
    """Return when each member of the store's club joined, and their life from then on."""
    if not _club_prices(language).exists():
        return []
    levers.keep_past_due()
    found = []
    for number, joined in enumerate(MEMBERS[language]):
        life = _Life(joined, language, now)
        found.append((_joined_at(joined, now) + timedelta(minutes=7 * number), life.lived()))
    return found


def hear_the_rest(now: datetime) -> None:
    """Agree with what the clock did between the last thing that happened and now."""
    for each in Subscription.objects.standing():
        look_again(each, now)


def _joined_at(joined: Joined, now: datetime) -> datetime:
    zone = current_store().zone
    day = clock.local_day(now - joined.days_ago * A_DAY, zone)
    return clock.at_local(clock.add_months(day, -joined.months_ago), JOINED_AT, zone)


def _club_prices(language: str) -> QuerySet[Price]:
    found: QuerySet[Price] = Price.objects.filter(
        kind=Price.Kind.SUBSCRIPTION,
        is_active=True,
        product__language=language,
        product__status=Product.Status.PUBLISHED,
    ).order_by("product__position", "pk")
    return found


class _Life:
    """One member's life, each wait until the next thing."""

    def __init__(self, joined: Joined, language: str, now: datetime) -> None:
        self.joined, self.language, self.today = joined, language, now
        self.price: Price = _club_prices(language).filter(interval=joined.interval)[0]
        self.paid = 1
        self.fates: dict[str, Callable[[], Days]] = {
            "": self._stays,
            "rests": self._rests,
            "is_held": self._is_held,
            "leaves": self._leaves,
        }

    def lived(self) -> Days:
        """Join, and go on with what became of it."""
        order = self._order()
        yield timedelta(minutes=2)
        levers.pay(str(order.stripe_session_id))
        provider_of(order).sync(order, clock.now())
        self.subscription: Subscription = Subscription.objects.get(order=order)
        self.began = self.subscription.bills.get().starts_at or clock.now()
        yield from self.fates[self.joined.then]()

    def _order(self) -> Order:
        joined, now = self.joined, clock.now()
        buyer = Buyer(
            email=joined.email,
            name=joined.name,
            language=self.language,
            customer=Customer.objects.filter(user__email=joined.email).first(),
        )
        asked = consents_for(current_store(), self.price, now)
        order = order_for(
            Basket(self.price),
            buyer=buyer,
            attempt=tokens.public_id(),
            mine=(),
            now=now,
            consents=Consents(tuple(key for key, _text, _is_due in asked)),
        ).order
        provider_of(order).open_checkout(order, now)
        order.refresh_from_db()
        return order

    def _until(self, moment: datetime) -> timedelta:
        return max(timedelta(minutes=1), moment - clock.now())

    @property
    def _next(self) -> datetime:
        """When the next charge falls due, counted from the first."""
        unit = self.price.interval or "month"
        return clock.add_period(self.began, unit, self.paid, ZoneInfo("UTC"))

    def _charged(self, moment: datetime) -> Days:
        """Hear of a charge a while after it fell due; of nothing else, which takes long."""
        yield self._until(moment + HEARD_AFTER)
        row = self.subscription
        for invoice in list_invoices(row.stripe_account, row.stripe_id)[-1:]:
            sync_invoice(row.stripe_account, invoice, clock.now())
        self.paid += 1

    def _look(self) -> None:
        look_again(self.subscription, clock.now())
        self.subscription.refresh_from_db()

    def _stays(self) -> Days:
        while self._next <= self.today and self.paid != self.joined.stayed:
            yield from self._charged(self._next)

    def _until_the_last(self) -> Days:
        """Go on to before the last charge that falls due by today."""
        while clock.add_period(self._next, "month", 1, ZoneInfo("UTC")) <= self.today:
            yield from self._charged(self._next)

    def _rests(self) -> Days:
        yield from self._until_the_last()
        ends = self._next
        yield self._until(ends - 5 * A_DAY)
        self._look()
        rest(self.subscription, 2, now=clock.now())
        yield self._until(ends + HEARD_AFTER)

    def _is_held(self) -> Days:
        yield from self._until_the_last()
        failed = self._next
        yield self._until(failed - A_DAY)
        levers.fail_renewals(self.subscription.stripe_id, MANY)
        for days in (0, 3, 6, 8):
            yield self._until(failed + days * A_DAY + HEARD_AFTER)
            self._look()
            sweeping.work_on(clock.now())

    def _leaves(self) -> Days:
        yield from self._stays()
        ends = self._next
        yield self._until(ends - 9 * A_DAY)
        self._look()
        leave_at_end(self.subscription, now=clock.now())
        if self.joined.why is not None:
            kind, words = self.joined.why
            say_why(self.subscription, kind, words, now=clock.now())
        yield self._until(ends + HEARD_AFTER)
        self._look()
