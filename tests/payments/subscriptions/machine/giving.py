"""Somebody gives three months of the club: what may happen to that, and how it has to end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from access.models import Access
from accounts.models import Customer
from core import clock
from payments.contract import GiftWish
from payments.models import Gift, Subscription
from payments.services.gifts.claiming import claim
from payments.services.gifts.timing import to_move
from stores.scope import store_scope
from tests.payments.subscriptions.machine.reference import Between, Given, is_gift_open
from tests.payments.subscriptions.machine.spreading import SpreadingYear
from tests.payments.subscriptions.machine.year import GIFT, PEOPLE, TROUBLE

CALM = frozenset({Subscription.State.ACTIVE, Subscription.State.TRIAL})


class GivingYear(SpreadingYear):
    """A year in which months are given too."""

    @rule(email=st.sampled_from(PEOPLE), trouble=TROUBLE)
    def somebody_gives_months(self, email: str, trouble: str) -> None:
        self._buy("gift", email, trouble=trouble, gift=GiftWish("Noa", "Dan"))

    @rule(email=st.sampled_from(PEOPLE))
    def somebody_gives_months_that_are_opened(self, email: str) -> None:
        self._buy("gift", email, gift=GiftWish("Noa", "Dan"))
        self._open(self._gifts()[-1], email)

    @precondition(lambda self: self._gifts())
    @rule(data=st.data(), email=st.sampled_from(PEOPLE))
    def a_gift_is_opened(self, data: Any, email: str) -> None:
        self._open(data.draw(st.sampled_from(self._gifts())), email)

    def _open(self, gift: Gift, email: str) -> None:
        with self._acting() as now:
            claim(gift, Customer.objects.get(user__email=email), now=now)

    def _gifts(self, **wanted: Any) -> list[Gift]:
        with store_scope(self.store):
            rows = Gift.objects.filter(**wanted).select_related("line__order", "claimed_by")
            return list(rows.order_by("pk"))

    # -- the end

    def _compare(self, now: datetime) -> None:
        super()._compare(now)
        for gift in self._gifts():
            self._compare_gift(gift, now)
        for gift in to_move(now):
            self._compare_waiting(gift, now)

    def _compare_waiting(self, gift: Gift, now: datetime) -> None:
        """Nothing moves before it is certain when the next charge is."""
        paying = Subscription.objects.going_on().filter(
            customer=gift.claimed_by, product=gift.line.product_id
        )
        one = paying[0]
        is_certain = one.state(now) in CALM and not one.rests_ahead(now)
        refused = one.calls.filter(state="refused", answered_at__gt=now - timedelta(days=1))
        assert not is_certain or refused.exists(), (gift, one)

    def _compare_gift(self, gift: Gift, now: datetime) -> None:
        found = Access.objects.from_source("gift", gift.public_id)
        access = found.filter(parent=None).first()
        assert (access is None) == (gift.claimed_by is None)
        if access is None:
            return
        assert access.customer_id == gift.claimed_by_id
        assert access.ends_at == self._after(access.starts_at)
        payment = gift.line.order.payments.get()
        of = Given(self._once(payment.payment_intent), Between(access.starts_at, access.ends_at))
        assert found.filter(parent=None).live(now).exists() == is_gift_open(of, now), (of, now)

    def _after(self, since: datetime) -> datetime:
        return clock.add_period(since, "month", int(str(GIFT["length_count"])), self.store.zone)
