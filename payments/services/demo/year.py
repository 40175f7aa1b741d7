"""A year of sales in each demo shop, lived through in order: every coin of it really moved.

Each purchase goes the way a customer's does, through our checkout and the pretend Stripe, whose
clock is set back for it; so nothing in a demo shop could not have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from access.services.openings import record_opening
from accounts.models import Customer
from content.services.stamping.copies import forget_waiting
from core import clock, tokens
from payments.contract import Basket, Buyer, Consents, GiftWish
from payments.models import (
    Coupon,
    Dispute,
    Gift,
    Order,
    OtherWay,
    Payment,
    Subscription,
    Team,
    TeamPlace,
)
from payments.services.accounts import customer_at
from payments.services.cancelling import effect
from payments.services.cancelling.noticing import Said, cancel
from payments.services.cancelling.words import consents_for
from payments.services.demo import levers, members
from payments.services.demo.stores import STORES, DemoStore
from payments.services.disputes import answering
from payments.services.documents.working import issue_due
from payments.services.fulfilment import accesses_of
from payments.services.gifts.claiming import claim
from payments.services.instalments import paying_off
from payments.services.ordering import order_for
from payments.services.other_ways import receive
from payments.services.providers import provider_of
from payments.services.refunding import refund
from payments.services.subscriptions.looking import look_again
from payments.services.sync.dispute import sync_dispute
from payments.services.teams.claiming import claim as claim_place
from payments.services.teams.inviting import invite
from payments.services.teams.sweeping import work_on_teams
from products.models import Price, Product
from products.services.presale import move_opening
from shipping.contract import Destination
from shipping.models import Parcel, PickupPoint
from shipping.services import parcels
from stores.models import Store
from stores.scope import current_store, store_scope
from stores.services.opening import host_for
from stores.slots import demo_lived

IN_PRINT = {"print": "print", "both": "print_digital"}
CHARGED_AFTER = timedelta(hours=1, minutes=5)
"""Stripe charges an hour after a period has ended."""
MOVED_BY = timedelta(days=7)
Days = Iterator[timedelta]
"""What happens to a sale: each wait until the next thing."""


@dataclass(frozen=True)
class Sale:
    """Who bought what, how many days ago, and what became of it."""

    days_ago: int
    who: int
    what: str
    """book, paper, gift (free), all (the bundle), spread (the same in monthly
    charges), ahead (what opens later), print or both (the book in print, alone or with the digital
    one), team (places of the book)."""
    then: str = "read"


YEAR = (
    *(Sale(352, 2, "book"), Sale(338, 3, "gift"), Sale(321, 4, "book", "refunded")),
    *(Sale(316, 5, "paper"), Sale(297, 6, "book"), Sale(290, 3, "book", "by_coupon")),
    *(Sale(266, 7, "gift"), Sale(259, 7, "book"), Sale(248, 8, "book", "by_other_way")),
    *(Sale(236, 9, "paper", "lost"), Sale(229, 2, "paper"), Sale(214, 5, "book")),
    *(Sale(201, 8, "gift"), Sale(196, 6, "all", "given"), Sale(187, 4, "paper")),
    *(Sale(171, 9, "book", "walked_away"), Sale(166, 7, "paper"), Sale(158, 4, "gift")),
    *(Sale(139, 1, "book", "won"), Sale(131, 3, "paper"), Sale(124, 6, "gift")),
    *(Sale(108, 0, "gift"), Sale(101, 1, "gift"), Sale(97, 8, "paper", "part_refunded")),
    *(Sale(81, 5, "gift"), Sale(76, 0, "book"), Sale(69, 1, "paper", "by_other_way")),
    *(Sale(52, 9, "all", "cancelled"), Sale(44, 2, "gift"), Sale(41, 4, "book")),
    *(Sale(33, 0, "paper"), Sale(24, 4, "all", "given"), Sale(19, 0, "ahead", "waits")),
    *(Sale(12, 1, "ahead", "waits"), Sale(9, 6, "paper"), Sale(7, 9, "gift")),
    *(Sale(84, 2, "print", "arrived"), Sale(47, 3, "print", "lost_once")),
    *(Sale(30, 10, "both", "arrived"), Sale(16, 8, "print", "fetched")),
    *(Sale(8, 7, "print", "posted"), Sale(6, 0, "print", "packed"), Sale(4, 1, "print", "to_post")),
    Sale(40, 6, "spread", "pays_on"),
    *(Sale(5, 3, "all", "asked_back"), Sale(3, 7, "all", "disputed")),
    Sale(27, 1, "team", "team"),
    *(Sale(2, 5, "all", "by_way_unpaid"), Sale(1, 2, "all"), Sale(1, 8, "ahead", "waits")),
)


def make_demo_year() -> int:
    """Let both shops live through their last year, once; return how many orders were placed."""
    shops = [(demo, Store.objects.at_host(host_for(demo.label)).get()) for demo in STORES]
    return sum(_live(demo, store) for demo, store in shops)


def _live(demo: DemoStore, store: Store) -> int:
    with store_scope(store):
        if Order.objects.exists():
            return 0
        now = clock.now()
        with levers.in_the_past():
            _play(_Shop(demo), now)
        members.hear_the_rest(clock.now())
        issue_due(clock.now())
        for settle in demo_lived.all():
            settle(store, demo.language)
        forget_waiting()
        _move_what_was_bought_ahead(now)
        return int(Order.objects.count())


def _move_what_was_bought_ahead(now: datetime) -> None:
    """Move the opening of every presale that was bought by a week: its buyers hear of it."""
    bought = Product.objects.presale().filter(late_at=None, accesses__isnull=False)
    for product in bought.distinct():
        if product.opens_at is not None:
            move_opening(product, product.opens_at + MOVED_BY, now=now)


def _play(shop: _Shop, now: datetime) -> None:
    """Do everything that happened, in the order of its moments."""
    ahead: list[tuple[datetime, int, Days]] = []
    for number, sale in enumerate(YEAR):
        at = now - timedelta(days=sale.days_ago, hours=number % 7, minutes=11 * number % 60)
        heappush(ahead, (at, number, shop.sell(sale)))
    lives = members.lives_of_members(shop.demo.language, now)
    for number, (at, life) in enumerate(lives, len(YEAR)):
        heappush(ahead, (at, number, life))
    while ahead:
        at, number, days = heappop(ahead)
        if at > now:
            continue  # it has not happened yet
        levers.set_clock(at)
        with clock.standing_at(at):
            wait = next(days, None)
            issue_due(at)
        if wait is not None:
            heappush(ahead, (at + wait, number, days))


class _Shop:
    """The shop in scope, with what it sells and to whom."""

    def __init__(self, demo: DemoStore) -> None:
        self.demo = demo
        self.prices = _prices(demo.language)
        self.fates: dict[str, Callable[[Order], Days]] = {
            "read": self._read,
            "waits": lambda _order: iter(()),
            "refunded": self._refunded,
            "part_refunded": self._part_refunded,
            "given": self._given,
            "lost": lambda order: self._disputed(order, is_won=False),
            "won": lambda order: self._disputed(order, is_won=True),
            "disputed": self._disputed,
            "cancelled": self._cancelled,
            "asked_back": self._asked_back,
            "by_other_way": self._received,
            "to_post": lambda _order: iter(()),
            "packed": self._packed,
            "posted": self._posted,
            "arrived": self._arrived,
            "fetched": self._posted,
            "lost_once": self._lost_once,
            "team": self._team,
            "pays_on": self._pays_on,
        }

    def sell(self, sale: Sale) -> Days:
        """Place the order, let it be paid, and go on with what became of it."""
        order = self._order(sale)
        yield timedelta(minutes=2)
        if sale.then == "walked_away":
            levers.expire(str(order.stripe_session_id))
            provider_of(order).sync(order, clock.now())
        elif sale.then != "by_way_unpaid":
            if order.provider == Order.Provider.STRIPE and order.total:
                levers.pay(str(order.stripe_session_id))
                provider_of(order).sync(order, clock.now())
            yield from self.fates.get(sale.then, self._read)(order)

    def _order(self, sale: Sale) -> Order:
        email, name = self.demo.customers[sale.who]
        price, now = self.prices[sale.what], clock.now()
        store = current_store()
        with_way = sale.then in {"by_other_way", "by_way_unpaid"}
        basket = Basket(
            price,
            coupon=Coupon.objects.get().code if sale.then == "by_coupon" else "",
            gift=self._wish(name) if sale.then == "given" else None,
            way=OtherWay.objects.get().public_id if with_way else "",
            destination=self._destination(sale, name) if sale.what in {"print", "both"} else None,
            seats=price.seats_min or 1,
        )
        buyer = Buyer(
            email=email,
            name=name,
            language=self.demo.language,
            customer=Customer.objects.filter(user__email=email).first(),
        )
        agreed = Consents(tuple(key for key, _text, _is_due in consents_for(store, price, now)))
        order = order_for(
            basket, buyer=buyer, attempt=tokens.public_id(), mine=(), now=now, consents=agreed
        ).order
        if order.total:
            provider_of(order).open_checkout(order, now)
            order.refresh_from_db()
        return order

    def _wish(self, name: str) -> GiftWish:
        return GiftWish(from_name=name, to_name=self._friend()[1], message="♥")

    def _friend(self) -> tuple[str, str]:
        return self.demo.customers[9]

    def _read(self, order: Order) -> Days:
        yield timedelta(minutes=4)
        for access in accesses_of(order):
            record_opening(access.pk, clock.now())

    def _refunded(self, order: Order) -> Days:
        yield timedelta(days=4)
        refund(order, by=self.demo.owner[1], now=clock.now())

    def _part_refunded(self, order: Order) -> Days:
        yield from self._read(order)
        yield timedelta(days=2)
        refund(order, by=self.demo.owner[1], now=clock.now(), amount=order.total // 2)

    def _destination(self, sale: Sale, name: str) -> Destination:
        phone = "050-555-0123" if self.demo.language == "he" else "207-555-0123"
        if sale.then == "fetched":
            point = PickupPoint.objects.get()
            return Destination(name=name, phone=phone, pickup=point.public_id)
        country, street, house, city, region, postcode = self.demo.home
        return Destination(
            name=name,
            phone=phone,
            country=country,
            street=street,
            house=house,
            city=city,
            region=region,
            postcode=postcode,
        )

    def _packed(self, order: Order) -> Days:
        yield timedelta(days=1)
        for parcel in Parcel.objects.to_post().filter(order_reference=order.public_id):
            parcels.pack(parcel, tells=False, now=clock.now())

    def _posted(self, order: Order) -> Days:
        yield from self._packed(order)
        yield timedelta(hours=5)
        for parcel in Parcel.objects.to_post().filter(order_reference=order.public_id):
            carrier = "" if parcel.pickup_id else self.demo.carrier
            number = "" if parcel.pickup_id else f"RR{order.number:09}"
            parcels.mark_sent(parcel, carrier=carrier, tracking=number, now=clock.now())

    def _arrived(self, order: Order) -> Days:
        yield from self._read(order)
        yield from self._posted(order)
        yield timedelta(days=4)
        parcels.mark_arrived(self._on_its_way(order), now=clock.now())

    def _lost_once(self, order: Order) -> Days:
        """Reported missing, sent again from the stock, and there in the end."""
        yield from self._posted(order)
        yield timedelta(days=12)
        parcels.report_missing(self._on_its_way(order), now=clock.now())
        yield timedelta(days=1)
        parcels.send_again(self._on_its_way(order), now=clock.now())
        yield from self._posted(order)
        yield timedelta(days=5)
        parcels.mark_arrived(self._on_its_way(order), now=clock.now())

    def _on_its_way(self, order: Order) -> Parcel:
        found: Parcel = Parcel.objects.get(order_reference=order.public_id, state="sent")
        return found

    def _pays_on(self, order: Order) -> Days:
        """The first of four charges opens it; each month another one is made."""
        yield from self._read(order)
        subscription = Subscription.objects.get(order=order)
        paying_off.finish(subscription, clock.now())
        for _month in range(3):
            subscription.refresh_from_db()
            if subscription.next_charge_at is None:
                return
            yield subscription.next_charge_at - clock.now() + CHARGED_AFTER
            look_again(subscription, clock.now())

    def _received(self, order: Order) -> Days:
        yield timedelta(days=2)
        receive(order, by=self.demo.owner[1], now=clock.now())
        yield from self._read(order)

    def _given(self, order: Order) -> Days:
        """A gift is claimed by its first friend; the later one still waits."""
        yield timedelta(days=3)
        gift = Gift.objects.get(line__order=order)
        friend = customer_at(*self._friend(), self.demo.language)
        if not Gift.objects.filter(claimed_by=friend).exists():
            claim(gift, friend, now=clock.now())

    def _team(self, order: Order) -> Days:
        """A manager invites three; two come, the third invitation waits."""
        team, now = Team.objects.get(line__order=order), clock.now()
        people = self.demo.customers[2:5]
        invite(team, "\n".join(email for email, _name in people), now=now)
        work_on_teams(now)
        for email, name in people[:2]:
            yield timedelta(hours=5)
            place = TeamPlace.objects.offered().get(team=team, to_email=email)
            claim_place(place, customer_at(email, name, self.demo.language), now=clock.now())

    def _disputed(self, order: Order, *, is_won: bool | None = None) -> Days:
        yield from self._read(order)
        yield timedelta(days=2)
        payment = Payment.objects.get(order=order)
        found = levers.dispute(payment.payment_intent)
        sync_dispute(payment.stripe_account, found, clock.now())
        if is_won is None:
            return
        yield timedelta(days=3)
        row = Dispute.objects.get(stripe_id=found)
        answering.answer(row, note="", by=self.demo.owner[1], now=clock.now())
        yield timedelta(days=20)
        levers.decide(found, is_won=is_won)
        sync_dispute(payment.stripe_account, found, clock.now())

    def _cancelled(self, order: Order) -> Days:
        """Cancelled unopened, inside the right: closed at once, its money a little later."""
        yield timedelta(days=2)
        cancel(order, proof="signed_in", said=self._said(order), now=clock.now())
        yield timedelta(hours=2)
        effect.send_money(clock.now())

    def _asked_back(self, order: Order) -> Days:
        """Cancelled after reading: a request, which waits in the Inbox."""
        yield from self._read(order)
        yield timedelta(days=2)
        cancel(order, proof="signed_in", said=self._said(order), now=clock.now())

    def _said(self, order: Order) -> Said:
        return Said(language=self.demo.language, name=order.name, email=order.email)


def _prices(language: str) -> dict[str, Price]:
    """Return what is sold by what it is called here."""
    firsts = Price.objects.filter(
        is_active=True,
        position=0,
        product__language=language,
        product__status=Product.Status.PUBLISHED,
    ).select_related("product")
    prices = list(firsts.order_by("product__position", "pk"))
    single = [each for each in prices if each.product.format != "bundle"]
    open_now = [each for each in single if each.product.opens_at is None]
    book, paper = [each for each in open_now if each.amount][:2]
    bundle = next(each for each in prices if each.product.format == "bundle")
    return {
        "book": book,
        "paper": paper,
        "gift": next(each for each in open_now if not each.amount),
        "all": bundle,
        "spread": bundle.product.prices.get(kind=Price.Kind.INSTALMENTS),
        "ahead": next(each for each in single if each.product.opens_at is not None),
        **{name: book.product.prices.get(option=option) for name, option in IN_PRINT.items()},
        "team": book.product.prices.get(seats_min__isnull=False),
    }
