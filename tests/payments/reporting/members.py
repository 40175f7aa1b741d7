"""Random members with everything that can happen to them, and how each stood, told beside it.

What is told (``Member.told``) is written down while the rows are made, and never read from them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from access.models import Access, PaidSpan, SpanCut
from accounts.models import Customer
from core import clock, tokens
from payments.models import (
    Bill,
    Dispute,
    LeavingReason,
    Order,
    OrderLine,
    Payment,
    PlanChange,
    Refund,
    Subscription,
)
from payments.services.income.writing import write_income
from products.models import Price
from stores.scope import current_store
from tests.conftest import make_price, make_product, make_user

FIRST = datetime(2025, 11, 20, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PARTS = {"month": Decimal(1), "quarter": Decimal(3), "year": Decimal(12)}
A_DAY = timedelta(days=1)


def by_month(amount: int, interval: str) -> int:
    """What a period's price comes to by the month."""
    if interval == "week":
        exact = Decimal(amount) * 1461 / (48 * 7)
    else:
        exact = Decimal(amount) / PARTS[interval]
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Event:
    """From a moment on: what happened, how it stands, what it brings."""

    at: datetime
    kind: str
    state: str
    monthly: int
    worth: int
    price: int


@dataclass
class Member:
    """One subscription, and all that is told of it."""

    subscription: Subscription
    told: list[Event] = field(default_factory=list)
    runs: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Paid time that counts."""
    paid: list[tuple[datetime, int]] = field(default_factory=list)
    back: list[tuple[datetime, int]] = field(default_factory=list)
    lost: list[tuple[datetime, int]] = field(default_factory=list)
    recovered: list[tuple[datetime, int]] = field(default_factory=list)
    why: str = ""

    def before(self, moment: datetime) -> Event | None:
        """How it stood just before a moment."""
        past = [each for each in self.told if each.at < moment]
        return past[-1] if past else None

    @property
    def joined(self) -> Event | None:
        return next((each for each in self.told if each.kind in {"new", "again"}), None)


class World:
    """A store with returning prices, and members made by dice."""

    def __init__(self, dice: random.Random, count: int) -> None:
        self.dice, self.members = dice, []
        self.zone = current_store().zone
        self.clubs = [make_product(title=f"Club {number}", amount=None) for number in range(2)]
        self.prices = {club.pk: self._prices(club) for club in self.clubs}
        self.book = make_product(title="Book", amount=3000).prices.get()
        self.people = [self._person(number) for number in range(max(3, count - 5))]
        for number in range(count):
            self.members.append(Life(self, self.people[number % len(self.people)]).member)
        for each in self.members:
            self._name_who_came_back(each)
            write_income(each.subscription)

    def _name_who_came_back(self, member: Member) -> None:
        """Call again who had paid for the same product by another subscription before."""
        mine, joined = member.subscription, member.joined
        others = [
            each.joined
            for each in self.members
            if each is not member
            and each.subscription.customer_id == mine.customer_id
            and each.subscription.product_id == mine.product_id
            and not each.subscription.order.is_test
        ]
        if joined and any(each is not None and each.at < joined.at for each in others):
            number = member.told.index(joined)
            member.told[number] = replace(joined, kind="again")

    def _prices(self, club: Any) -> dict[str, list[Price]]:
        found: dict[str, list[Price]] = {}
        for currency in ("ILS", "USD"):
            found[currency] = [
                make_price(
                    club, kind="subscription", amount=amount, interval=interval, currency=currency
                )
                for amount, interval in (
                    *((1499, "week"), (5900, "month"), (9900, "month")),
                    *((15001, "quarter"), (59000, "year")),
                )
            ]
        return found

    def _person(self, number: int) -> Customer:
        user = make_user(f"{tokens.public_id()}@example.com")
        found: Customer = Customer.objects.create(user=user, name=f"Member {number}")
        return found

    def of(self, currency: str) -> list[Member]:
        return [
            each
            for each in self.members
            if each.subscription.currency == currency and not each.subscription.order.is_test
        ]


class Life:
    """What happens to one member, from its first order to now."""

    def __init__(self, world: World, person: Customer) -> None:
        dice = self.dice = world.dice
        self.world, self.person, self.zone = world, person, world.zone
        club = dice.choice(world.clubs)
        currency = dice.choice(["ILS", "ILS", "ILS", "USD"])
        self.offered = world.prices[club.pk][currency]
        self.price = dice.choice(self.offered if dice.random() < 0.3 else self.offered[1:])
        self.percent, self.left = dice.choice([(0, 0), (0, 0), (25, 2), (50, 1), (10, 99)])
        self.at = FIRST + timedelta(minutes=dice.randrange(300 * 24 * 60))
        if dice.random() < 0.2:  # at the very edge of a month, by the store's clock
            edge = date(2026, dice.choice([3, 4, 10, 11]), 1)
            self.at = clock.start_of_day(edge, self.zone) - timedelta(seconds=dice.choice([0, 1]))
        self.until: datetime | None = None
        is_test = dice.random() < 0.05
        self.order = self._order(self.at, is_renewal=False, is_test=is_test)
        has_trial = dice.random() < 0.2
        self.line = self._line(self.order, 0 if has_trial else self.price.amount)
        self.subscription: Subscription = Subscription.objects.create(
            order=self.order,
            line=self.line,
            customer=person,
            product=club,
            price=self.price,
            amount=self.price.amount,
            currency=currency,
            stripe_id=tokens.public_id(),
            started_at=self.at,
            status="active",
        )
        self.member = Member(self.subscription)
        self.access: Access = Access.objects.create(
            customer=person,
            product=club,
            source_kind="subscription",
            source_id=str(self.subscription.pk),
            starts_at=self.at,
        )
        self.monthly, self.is_first = 0, True
        self.live(has_trial=has_trial)
        Subscription.objects.filter(pk=self.subscription.pk).update(
            price=self.price, amount=self.price.amount, ended_at=self.until
        )
        self.subscription.refresh_from_db()

    # -- what happens

    def live(self, *, has_trial: bool) -> None:
        if has_trial:
            self.tell("began", "before", 0)
            self.at += 14 * A_DAY
            if self.dice.random() < 0.3:
                self.until = self.at - A_DAY
                self.at = self.until
                self.tell("untaken", "over", 0)
                return
        while self.at < NOW:
            self.period()
            if self.until is not None:
                return
            self.maybe_rest()
            self.maybe_down()

    def period(self) -> None:
        """One paid period, with what may happen in it."""
        dice, since = self.dice, self.at
        ends = clock.add_period(since, self.price.interval or "month", 1, self.zone)
        net = self.net()
        late = dice.random() < 0.1 and not self.is_first
        pays_at = since
        if late:
            pays_at = since + timedelta(days=dice.choice([2, 5, 9, 15]))
            pays_at = min(pays_at, ends - timedelta(hours=1))
            if pays_at > since + 7 * A_DAY:
                self.start(since, net)
                self.hold(since + 7 * A_DAY, pays_at)
        bill = self.bill(since, ends, net, pays_at, is_late=late)
        if not (late and pays_at > since + 7 * A_DAY):
            self.start(since, net)
        self.run(since, ends)
        if late and pays_at > since + 7 * A_DAY:
            self.cut_runs(since + 7 * A_DAY, pays_at)
        middle = since + (ends - since) * dice.choice([0.3, 0.6])
        middle = middle.replace(microsecond=0)
        if pays_at < middle < NOW:
            self.fate(bill, middle, ends)
        self.at = ends

    def fate(self, bill: Order, middle: datetime, ends: datetime) -> None:
        """What may happen in the middle of a period that is paid."""
        fate = self.dice.random()
        if fate < 0.06:
            self.leave(middle)
            self.give_back(bill, middle, part=0.5)
        elif fate < 0.12:
            self.leave(ends if ends < NOW else middle)
        elif fate < 0.2 and self.price.interval == "month" and not self.has_coupon:
            self.up(middle, ends)
        elif fate < 0.26:
            self.give_back(bill, middle, part=0.2)
        elif fate < 0.3:
            self.lose(bill, middle)

    def net(self) -> int:
        """What this period costs, after the coupon where it still counts."""
        amount = int(self.price.amount)
        self.has_coupon = self.left > 0
        if not self.has_coupon:
            return amount
        self.left -= 1
        off = int((Decimal(amount) * self.percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
        return amount - off

    def start(self, since: datetime, net: int) -> None:
        monthly = by_month(net, self.price.interval or "month")
        last = self.member.told[-1] if self.member.told else None
        if last is None or last.state == "before":
            self.tell("new", "paying", monthly, at=since)
        elif last.state == "resting":
            self.tell("returns", "paying", monthly, at=since)
        elif last.worth != monthly or last.price != self.price.pk:
            is_plan = last.price != self.price.pk
            kind = ("grew" if monthly >= last.worth else "shrank") if is_plan else "coupon"
            self.tell(kind, "paying", monthly, at=since)

    def hold(self, since: datetime, until: datetime) -> None:
        worth = self.member.told[-1].worth
        self.member.told.append(Event(since, "hold", "held", 0, worth, self.price.pk))
        self.tell("recovered", "paying", worth, at=until)
        SpanCut.objects.create(access=self.access, because="hold", starts_at=since, ends_at=until)

    def maybe_rest(self) -> None:
        if self.dice.random() > 0.08 or self.at >= NOW:
            return
        until = clock.add_period(self.at, "month", self.dice.choice([1, 2]), self.zone)
        worth = self.member.told[-1].worth
        self.member.told.append(Event(self.at, "rests", "resting", 0, worth, self.price.pk))
        if until < NOW:
            SpanCut.objects.create(
                access=self.access, because="rest", starts_at=self.at, ends_at=until
            )
        else:  # it is told already when it ends: so is what follows
            Subscription.objects.filter(pk=self.subscription.pk).update(
                rests_from=self.at, rests_until=until
            )
            self.member.told.append(Event(until, "returns", "paying", worth, worth, self.price.pk))
        self.at = until

    def maybe_down(self) -> None:
        others = [each for each in self.offered[1:] if each != self.price]
        if self.dice.random() > 0.08 or self.left or self.at >= NOW:
            return
        self.change(self.dice.choice(others), self.at, when="later")

    def up(self, at: datetime, ends: datetime) -> None:
        """A dearer plan of the same rhythm, paid for from the middle of a period on."""
        gold = next(each for each in self.offered if each.amount == 9900)
        if self.price == gold:
            return
        self.change(gold, at, when="now")
        order = self._order(at, is_renewal=True, is_test=self.order.is_test)
        self._line(order, 2000)
        self._pay(order, at)
        Bill.objects.create(
            subscription=self.subscription,
            order=order,
            stripe_id=tokens.public_id(),
            status="paid",
            reason="subscription_update",
            amount=2000,
            part_from=at,
            part_until=ends,
            written_at=at,
            paid_at=at,
        )
        self.member.paid.append((at, 2000))
        self.tell("grew", "paying", 9900, at=at)

    def change(self, price: Price, at: datetime, *, when: str) -> None:
        PlanChange.objects.create(
            subscription=self.subscription,
            when=when,
            was=self.price,
            price=price,
            amount_was=self.price.amount,
            amount=price.amount,
            due_at=at,
            created_at=at - A_DAY if when == "later" else at,
            applied_at=at + timedelta(minutes=7),
        )
        self.price = price

    def leave(self, at: datetime) -> None:
        self.until = at
        self.tell("left", "over", 0, at=at, worth=self.member.told[-1].worth)
        self.member.runs = [
            (since, min(until, at)) for since, until in self.member.runs if since < at
        ]
        if self.dice.random() < 0.6:
            self.member.why = self.dice.choice(["money", "time", "done"])
            LeavingReason.objects.create(subscription=self.subscription, kind=self.member.why)

    # -- the money

    def bill(
        self, since: datetime, ends: datetime, net: int, pays_at: datetime, *, is_late: bool
    ) -> Order:
        order = self.order if self.is_first and self.line.amount else None
        beside = 0
        if order is None:
            order = self._order(pays_at, is_renewal=True, is_test=self.order.is_test)
            self._line(order, net)
        else:
            OrderLine.objects.filter(pk=self.line.pk).update(discount=self.line.amount - net)
            if self.dice.random() < 0.3:  # a book beside it, which returns nothing
                beside = 3000
                self._line(order, beside, self.world.book)
        Order.objects.filter(pk=order.pk).update(total=net + beside, paid_at=pays_at)
        order.refresh_from_db()
        self._pay(order, pays_at)
        Bill.objects.create(
            subscription=self.subscription,
            order=order,
            stripe_id=tokens.public_id(),
            status="paid",
            reason="subscription_cycle",
            amount=net + beside,
            period_amount=net,
            starts_at=since,
            ends_at=ends,
            written_at=since,
            failed_at=since if is_late else None,
            paid_at=pays_at,
        )
        self.member.paid.append((pays_at, net))
        if is_late:
            self.member.recovered.append((pays_at, net))
        self.is_first = False
        return order

    def give_back(self, order: Order, at: datetime, *, part: float) -> None:
        payment, amount = order.payments.get(), int(order.total * part)
        names_line = self.dice.random() < 0.5
        line = order.lines.first() if names_line else None
        Refund.objects.create(
            payment=payment,
            line=line,
            amount=amount,
            currency=order.currency,
            state=self.dice.choice(["pending", "succeeded"]),
            created_at=at,
        )
        Refund.objects.create(
            payment=payment, amount=7, currency=order.currency, state="failed", created_at=at
        )
        self.member.back.append((at, self._part(order, amount, named=names_line)))

    def lose(self, order: Order, at: datetime) -> None:
        for status in ("lost", "won"):
            Dispute.objects.create(
                payment=order.payments.get(),
                currency=order.currency,
                stripe_id=tokens.public_id(),
                amount=order.total,
                status=status,
                closed_at=at,
            )
        self.member.lost.append((at, self._part(order, order.total, named=False)))

    def _part(self, order: Order, amount: int, *, named: bool) -> int:
        """What of it was for what returns, where a book was beside it."""
        if named or order.lines.count() == 1:
            return amount
        return amount * order.lines.first().total // order.total

    def _order(self, at: datetime, *, is_renewal: bool, is_test: bool) -> Order:
        order: Order = Order.objects.create(
            number=Order.objects.count() + 1,
            attempt=tokens.public_id(),
            customer=self.person,
            email=self.person.user.email,
            language="en",
            status="paid",
            currency=self.price.currency,
            total=0,
            provider="stripe",
            is_test=is_test,
            placed_at=at,
            terms_accepted_at=at,
            paid_at=at,
            subscription=self.subscription if is_renewal else None,
        )
        return order

    def _line(self, order: Order, amount: int, price: Price | None = None) -> OrderLine:
        price = price or self.price
        line: OrderLine = OrderLine.objects.create(
            order=order,
            product=price.product,
            price=price,
            title=price.product.title,
            amount=amount,
            length="for_good",
        )
        Order.objects.filter(pk=order.pk).update(total=amount)
        return line

    def _pay(self, order: Order, at: datetime) -> None:
        order.refresh_from_db()
        Payment.objects.create(
            order=order,
            payment_intent=tokens.public_id(),
            amount=max(order.total, 1),
            currency=order.currency,
            paid_at=at,
        )

    # -- what is told

    def tell(
        self,
        kind: str,
        state: str,
        monthly: int,
        *,
        at: datetime | None = None,
        worth: int | None = None,
    ) -> None:
        worth = monthly if worth is None else worth
        self.member.told.append(Event(at or self.at, kind, state, monthly, worth, self.price.pk))

    def run(self, since: datetime, until: datetime) -> None:
        self.member.runs.append((since, until))
        PaidSpan.objects.create(
            access=self.access, source=tokens.public_id(), starts_at=since, ends_at=until
        )

    def cut_runs(self, since: datetime, until: datetime) -> None:
        first, last = self.member.runs.pop()
        self.member.runs += [
            run for run in ((first, since), (min(until, last), last)) if run[0] < run[1]
        ]
