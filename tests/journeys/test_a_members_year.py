"""A year of a member, on a phone: join, renew, a card that fails, rest, a dearer plan, leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core import clock, tokens
from mail.models import Message
from payments.models import Order, Refund, Subscription
from payments.services import reconciling
from payments.services.dunning import sweeping
from products.contract import formats
from products.models import Price, Product
from stores.scope import store_scope
from tests.conftest import make_price
from tests.journeys.buying import CARD, pay, to_the_hosted_page
from tests.journeys.conftest import PHONE, World, assert_sound, eager

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(600)]
State = Subscription.State


class Year:
    """The world, whose clock here is Stripe's, and one member of a store's club."""

    def __init__(self, world: World, label: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.label = world, label
        self.email = f"year-{label}-{tokens.public_id()}@example.com"
        self.ahead = timedelta(0)
        monkeypatch.setattr(clock, "now", lambda: timezone.now() + self.ahead)
        reconciling.read_events(clock.now())
        with store_scope(world.stores[label]):
            formats["club"].demo(world.stores[label], world.stores[label].language)
            self.club = Product.objects.get(format="club")
            sold = Price.objects.filter(kind=Price.Kind.SUBSCRIPTION, interval="month")
            monthly = sold.filter(product=self.club, seats_min=None).earliest("pk")
            Price.objects.filter(product=self.club).exclude(pk=monthly.pk).delete()
            self.gold = make_price(
                self.club,
                kind=Price.Kind.SUBSCRIPTION,
                amount=2 * monthly.amount,
                interval="month",
                label="Gold",
            )

    @property
    def subscription(self) -> Subscription:
        with store_scope(self.world.stores[self.label]):
            mine = Subscription.objects.filter(customer__user__email=self.email)
            found: Subscription = mine.select_related("order").get()
            return found

    @property
    def state(self) -> Subscription.State:
        return self.subscription.state(clock.now())

    def later(self, **how: int) -> None:
        """Let time pass at Stripe and here, and do what the workers would.

        Webhooks carry the real time, so they are refused here as too old: the list is read.
        """
        sandbox = self.world.sandbox
        sandbox.advance(**how)
        self.ahead = datetime.fromtimestamp(sandbox.now() + 1, tz=UTC) - timezone.now()
        reconciling.read_events(clock.now())
        self.world.work()
        with store_scope(self.world.stores[self.label]), eager():
            reconciling.reconcile_store(clock.now())
            sweeping.work_on(clock.now())
        self.world.work()

    def open(self, page: Page, path: str) -> None:
        page.goto(self.world.at(self.label, path))
        if "/sign-in/" in page.url:
            self.world.sign_in(page, self.label, self.email)
            page.goto(self.world.at(self.label, path))
        assert_sound(page)

    def billing(self, page: Page, deed: str = "") -> None:
        self.open(page, f"/billing/{self.subscription.public_id}/{deed}")

    def orders(self) -> list[int]:
        with store_scope(self.world.stores[self.label]):
            mine = Order.objects.filter(email=self.email, paid_at__isnull=False)
            return list(mine.order_by("pk").values_list("total", flat=True))


@pytest.fixture(params=["thread", "crumb"])
def year(
    request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Year]:
    yield Year(world, request.param, monkeypatch)
    world.sandbox.set_clock(None)


def test_a_members_year(year: Year) -> None:
    page = year.world.person(viewport=PHONE).new_page()
    joins(year, page)
    renews(year, page)
    fixes_a_card_that_fails(year, page)
    rests_and_returns(year, page)
    takes_a_dearer_plan(year, page)
    leaves(year, page)


def joins(year: Year, page: Page) -> None:
    slug = year.club.slug
    year.open(page, f"/p/{slug}/")
    to_the_hosted_page(page, year.world, year.label, slug, year.email)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    assert_sound(page)
    assert year.state == State.ACTIVE
    year.world.sign_in(page, year.label, year.email)
    year.open(page, "/shelf/")
    expect(page.locator("main")).to_contain_text(year.club.title)
    year.open(page, "/billing/")
    page.click(f"main a[href*='/billing/{year.subscription.public_id}/']")
    assert_sound(page)
    expect(page.locator("[aria-labelledby=receipts] li")).to_have_count(1)


def renews(year: Year, page: Page) -> None:
    year.later(months=1, hours=2)
    amount = year.orders()[0]
    assert year.orders() == [amount, amount]
    year.billing(page)
    expect(page.locator("[aria-labelledby=receipts] li")).to_have_count(2)


def fixes_a_card_that_fails(year: Year, page: Page) -> None:
    name = year.subscription.stripe_id
    year.world.sandbox.after_last_retry("past_due")
    year.world.sandbox.fail_next_renewal(name, code="insufficient_funds", times=20)
    year.later(months=1, hours=2)
    assert year.state == State.TO_FIX
    year.open(page, "/shelf/")
    banner = page.locator("a[href*='/fix/']").first
    expect(banner).to_be_visible()
    with store_scope(year.world.stores[year.label]):
        assert Message.objects.filter(kind="unpaid", to_address=year.email).exists()
    link = urljoin(page.url, banner.get_attribute("href"))
    year.later(days=8)
    assert year.state == State.ON_HOLD
    year.open(page, f"/p/{year.club.slug}/")

    stranger = year.world.person(viewport=PHONE).new_page()
    stranger.goto(link)
    assert_sound(stranger)
    stranger.click("main a.btn")
    stranger.fill("input[name=card]", CARD)
    for field, typed in (("expiry", "12 / 34"), ("cvc", "123"), ("name", "Charlie")):
        if stranger.locator(f"input[name={field}]").count():
            stranger.fill(f"input[name={field}]", typed)
    stranger.click("button.main")
    stranger.wait_for_load_state()
    stranger.goto(link)
    assert_sound(stranger)
    year.world.sandbox.fail_next_renewal(name, times=0)
    year.later(hours=1)
    assert year.state == State.ACTIVE
    assert len(year.orders()) == 3
    year.open(page, "/shelf/")
    expect(page.locator("a[href*='/fix/']")).to_have_count(0)


def rests_and_returns(year: Year, page: Page) -> None:
    year.billing(page)
    page.click("[aria-labelledby=rest] button[name=months][value='2']")
    page.wait_for_url(re.compile("/now/"))
    assert_sound(page)
    year.later(months=1, hours=2)
    assert year.state == State.RESTING
    assert len(year.orders()) == 3
    year.open(page, "/shelf/")
    year.billing(page)
    page.click("form[action*='/return/'] button")
    page.wait_for_url(re.compile("/now/"))
    assert_sound(page)
    year.later(hours=2)
    assert year.state == State.ACTIVE
    assert len(year.orders()) == 4


def takes_a_dearer_plan(year: Year, page: Page) -> None:
    year.later(days=10)
    year.billing(page)
    page.click(f"main a[href*='/plan/{year.subscription.public_id}/']")
    page.wait_for_url(re.compile("/plan/"))
    assert_sound(page)
    page.click(f"main a[href*='/to/{year.gold.public_id}/']")
    page.wait_for_url(re.compile("/to/"))
    assert_sound(page)
    page.click("main form button")
    page.wait_for_url(lambda url: "/to/" not in url)
    assert_sound(page)
    year.later(hours=1)
    assert year.subscription.price_id == year.gold.pk
    paid = year.orders()
    assert 0 < paid[4] < year.gold.amount


def leaves(year: Year, page: Page) -> None:
    year.later(days=3)
    year.billing(page)
    page.click("main a[href$='/leave/']")
    page.wait_for_url(re.compile("/leave/"))
    assert_sound(page)
    page.click("form[action*='/leave/today/'] button")
    page.wait_for_url(re.compile("/now/"))
    assert_sound(page)
    assert year.state == State.ENDED
    page.click("details summary")
    page.locator("details input[type=radio]").first.check()
    page.click("details form button")
    page.wait_for_load_state()
    assert_sound(page)
    year.later(hours=2)
    with store_scope(year.world.stores[year.label]):
        back = Refund.objects.filter(payment__order__email=year.email)
        assert sum(back.values_list("amount", flat=True)) > 0
    year.billing(page)
    expect(page.locator("form[action*='/leave/']")).to_have_count(0)
    year.open(page, "/shelf/")
