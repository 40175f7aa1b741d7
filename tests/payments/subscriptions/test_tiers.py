"""Tiers: prices of one product that include different things, side by side and moved between."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from access.contract import Source, unpaid_of
from access.models import Access
from access.services import inclusions
from access.services.granting import grant
from payments.models import Overlap, PlanChange, Subscription
from payments.services.dunning.banner import why_locked
from payments.services.subscriptions import showing
from payments.services.subscriptions.changing import downgrade, upgrade
from payments.services.subscriptions.following_up import work_on_plans
from payments.services.subscriptions.leaving import leave_at_end, leave_today
from payments.services.subscriptions.resting import rest
from payments.services.subscriptions.tiers import compared, losses
from products.models import Price, Product
from products.services.bundles import include, inside
from products.services.demo_tiers import make_demo_tier
from sandbox.testing import CARD
from stores.scope import store_scope
from tests.conftest import make_price, make_product
from tests.payments.subscriptions.member import Member
from tests.payments.subscriptions.test_unpaid import days, refuse

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(price: Price) -> Product:
    return make_product(title="The Pattern Book")


@pytest.fixture
def gold(price: Price, book: Product) -> Price:
    made = make_price(
        price.product, kind="subscription", amount=9900, interval="month", label="With the book"
    )
    include(price.product, book, price=made)
    return made


def open_to(member: Member, product: Product) -> bool:
    rows = Access.objects.live(member.now).filter(product=product)
    return bool(rows.exists())


def flat(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def test_the_checkout_shows_them_side_by_side(member: Member, gold: Price) -> None:
    page = flat(member.shop.client.get(member.shop.url))
    (tiers,) = re.findall(r'<ul class="rows tiers".*?</section>', page)
    assert "aria-current" in tiers
    mine, other = tiers.split("Chosen", 1)
    assert "The Sewing Room" in mine
    assert "The Pattern Book" not in mine
    assert "The Pattern Book" in other
    assert f'href="/buy/{gold.public_id}/"' in other
    assert "Choose this" in other


def test_prices_that_include_the_same_are_not_compared(member: Member) -> None:
    product = member.shop.price.product
    include(product, make_product(title="For all"))
    make_price(product, kind="subscription", amount=59000, interval="year")
    assert "rows tiers" not in flat(member.shop.client.get(member.shop.url))


def test_the_products_page_shows_them_side_by_side(member: Member, gold: Price) -> None:
    page = flat(member.shop.client.get("/p/the-sewing-room/"))
    assert 'class="rows prices tiers"' in page
    (first, second) = re.findall(r'<ul class="ticked" role="list">(.*?)</ul>', page)[:2]
    assert "The Pattern Book" not in first
    assert "The Sewing Room" in first
    assert "The Pattern Book" in second


def test_up_opens_at_once_and_down_closes_at_the_end_of_what_is_paid(
    member: Member, gold: Price, book: Product
) -> None:
    subscription = member.join()
    assert not open_to(member, book)
    with member.there():
        upgrade(subscription, gold, now=member.now)
    assert open_to(member, book)
    with member.there():
        downgrade(member.subscription, member.shop.price, now=member.now)
    member.later(days=20)
    assert open_to(member, book)
    member.months(1)
    assert member.subscription.price == member.shop.price
    assert not open_to(member, book)
    child = Access.objects.get(product=book)
    assert child.revoked_at is None  # it ended; it was not taken back
    member.months(1)
    assert not open_to(member, book)  # the next charge does not open it again
    with member.there():
        upgrade(member.subscription, gold, now=member.now)
    assert open_to(member, book)


def test_what_was_bought_otherwise_stays(member: Member, gold: Price, book: Product) -> None:
    subscription = member.join()
    with member.there():
        upgrade(subscription, gold, now=member.now)
        source = Source("hand", "1")
        grant(
            subscription.customer, product=book, source=source, starts_at=member.now, now=member.now
        )
        (loss,) = losses(member.subscription, member.shop.price, member.now)
        assert (loss.title, loss.stays) == ("The Pattern Book", True)
        downgrade(member.subscription, member.shop.price, now=member.now)
    member.months(1)
    assert open_to(member, book)


def test_what_a_tier_gets_later_reaches_who_pays_it_and_nobody_else(
    member: Member, gold: Price
) -> None:
    video = make_product(title="A film")
    member.shop.price = gold
    member.join()
    with member.there():
        include(gold.product, video, price=gold, now=member.now)
        inclusions.give_additions(member.now, batches=9)
    assert open_to(member, video)
    basic = gold.product.prices.exclude(pk=gold.pk).get()
    slides = make_product(title="Slides")
    with member.there():
        include(gold.product, slides, price=basic, now=member.now)
        inclusions.give_additions(member.now, batches=9)
    assert not open_to(member, slides)


def test_a_rest_a_hold_and_the_end_reach_what_it_includes(
    member: Member, gold: Price, book: Product
) -> None:
    member.shop.price = gold
    subscription = member.join()
    with member.there():
        rest(subscription, 1, now=member.now)
    member.later(days=32)
    assert not open_to(member, book)
    member.months(1)
    assert open_to(member, book)
    with member.there():
        assert showing.leaving_of(member.subscription, member.now).inside == ["The Pattern Book"]
        leave_at_end(member.subscription, now=member.now)
    assert open_to(member, book)
    member.months(1)
    assert not open_to(member, book)


def test_leaving_today_closes_it_today(member: Member, gold: Price, book: Product) -> None:
    member.shop.price = gold
    subscription = member.join()
    with member.there():
        leave_today(subscription, now=member.now)
    assert not open_to(member, book)


def test_the_pages_of_a_change_say_what_opens_and_what_closes(
    member: Member, gold: Price, book: Product, browse: Callable[..., Client]
) -> None:
    subscription = member.join()
    hers = browse(member.shop.store, subscription.customer.user)
    url = f"/plan/{subscription.public_id}/"
    with member.there():
        assert "See the plans" in flat(hers.get(f"/billing/{subscription.public_id}/"))
        page = flat(hers.get(url))
        assert "What I have" in page
        assert "The Pattern Book" in page
        up = flat(hers.get(f"{url}to/{gold.public_id}/"))
        assert "Opens with it at once: </p>" in up or "Opens with it at once:</p>" in up
        assert "The Pattern Book" in up
        upgrade(subscription, gold, now=member.now)
        down = flat(hers.get(f"{url}to/{member.shop.price.public_id}/"))
    assert "Closes then, as it does not include it:" in down


def test_who_pays_for_what_the_dearer_plan_includes_is_asked_on_its_page(
    member: Member, browse: Callable[..., Client]
) -> None:
    club = member.join()
    studio = make_product("ebook", amount=None, title="The Studio")
    member.shop.price = make_price(studio, kind="subscription", amount=3000, interval="month")
    gold = make_price(studio, kind="subscription", amount=8000, interval="month", label="Gold")
    include(studio, club.product, price=gold)
    hers = member.shop.client = browse(member.shop.store, club.customer.user)
    with member.there():
        order = member.shop.begin()
        member.shop.pay(order)
        member.shop.return_page(order)
    with store_scope(member.shop.store):
        containing = Subscription.objects.exclude(pk=club.pk).get()
    url = f"/plan/{containing.public_id}/to/{gold.public_id}/"
    with member.there():
        page = flat(hers.get(url))
        assert "You pay for this already, and it is inside" in page
        found = re.search(r'name="at" value="(\d+)"', page)
        assert found
        at = found.group(1)
        assert hers.post(url, {"at": at}).status_code == 200  # unanswered: shown again
        assert not PlanChange.objects.exists()
        sent = {"at": at, "twice": "stop", "twice_seen": club.public_id}
        assert hers.post(url, sent).status_code == 302
    member.hear()
    with member.there():
        work_on_plans(member.now)
    assert Overlap.objects.get().choice == "stop"
    assert Subscription.objects.get(pk=club.pk).ended_at is not None


def test_who_buys_the_dearer_one_anew_is_led_to_a_change_of_plan(
    member: Member, gold: Price, browse: Callable[..., Client]
) -> None:
    subscription = member.join()
    hers = browse(member.shop.store, subscription.customer.user)
    with member.there():
        page = flat(hers.get(f"/buy/{gold.public_id}/"))
    assert f'href="/plan/{subscription.public_id}/to/{gold.public_id}/"' in page


def test_the_demo_club_has_a_dearer_tier_with_a_book_once(member: Member) -> None:
    book = make_product(title="A loaf", amount=2000)
    for _twice in range(2):
        tier = make_demo_tier("en", member.now)
    assert tier is not None
    assert (tier.amount, tier.label) == (8800, "by the month, with “A loaf”")
    assert [each.pk for each in inside(tier.product, tier)] == [book.pk]
    assert tier.product.prices.count() == 2


def test_on_hold_it_closes_too_and_says_which_charge_opens_it(
    member: Member, gold: Price, book: Product
) -> None:
    member.shop.price = gold
    bill = refuse(member)
    given = Access.objects.filter(product=book)
    with member.there():
        (said,) = unpaid_of(given, member.now)
    assert "Everything stays open until" in said.because
    assert open_to(member, book)
    days(member, 8)
    assert not open_to(member, book)
    with member.there():
        locked = why_locked(member.subscription.customer, book, member.now)
    assert locked is not None
    assert locked.code == "hold"
    assert locked.remedy is not None
    assert bill.fix_key in locked.remedy.url
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    member.hear()
    assert open_to(member, book)


def test_a_price_for_a_team_is_for_each_place_beside_the_others_too(
    member: Member, gold: Price
) -> None:
    gold.kind, gold.interval, gold.seats_min, gold.seats_max = "one_time", "", 3, 30
    gold.save()
    (team,) = (tier for tier in compared([gold, member.shop.price]) if tier.price == gold)
    assert team.amount.endswith("99 for each place")


def test_a_hebrew_title_in_an_english_list_keeps_its_tick_before_it(
    member: Member, gold: Price, book: Product
) -> None:
    Product.objects.filter(pk=book.pk).update(title="ספר הגזרות")
    page = flat(member.shop.client.get(member.shop.url))
    assert "<li><span><bdi>ספר הגזרות</bdi></span></li>" in page
