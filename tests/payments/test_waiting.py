"""An order left halfway: one reminder, only with leave, never for what was bought meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.contract import Source
from access.services import granting
from accounts.models import Consent, Customer
from core import clock
from mail.models import Message
from payments.models import Coupon, Extra, Order
from payments.services import resuming, waiting
from products.models import Price
from products.services.bundles import include
from stores.models import Business, Store
from stores.scope import store_scope
from tests.conftest import make_product
from tests.payments.buying import Shop, make_book

HOUR = timedelta(hours=1)


def leave_halfway(shop: Shop, **over: Any) -> Order:
    """Begin an order, let its page run out, and come by two hours later."""
    order = shop.begin(**over)
    shop.sandbox.expire(str(order.stripe_session_id))
    shop.hear("checkout.session.expired")
    come_by(shop, 2)
    return order


def come_by(shop: Shop, hours: int) -> None:
    with store_scope(shop.store):
        waiting.work_on_waiting(clock.now() + hours * HOUR)


def reminders(shop: Shop) -> list[Message]:
    with store_scope(shop.store):
        return list(Message.objects.filter(kind="unfinished"))


def test_who_allowed_it_is_reminded_once_and_finds_all_that_was_chosen(shop: Shop) -> None:
    with store_scope(shop.store):
        Coupon.objects.create(code="TENTH", percent=10)
    leave_halfway(shop, may_remind="on", coupon="TENTH", name="Charlotte")
    come_by(shop, 5)
    (mail,) = reminders(shop)
    assert mail.to_address == "charlie@example.com"
    link = re.sub(r"^https?://[^/]+", "", mail.context["resume_url"])
    page = Client(SERVER_NAME="thread.localhost").get(link).content.decode()
    assert "Charlotte" in page
    assert "TENTH" in page
    assert "44.10" in page


def test_without_the_tick_nobody_is_reminded(shop: Shop) -> None:
    leave_halfway(shop)
    assert reminders(shop) == []


def test_who_bought_it_meanwhile_is_left_in_peace(shop: Shop) -> None:
    order = shop.begin(may_remind="on")
    shop.sandbox.expire(str(order.stripe_session_id))
    shop.hear("checkout.session.expired")
    shop.buy()
    come_by(shop, 2)
    assert reminders(shop) == []


def test_days_later_a_reminder_would_only_be_odd(shop: Shop) -> None:
    order = shop.begin(may_remind="on")
    shop.sandbox.expire(str(order.stripe_session_id))
    shop.hear("checkout.session.expired")
    come_by(shop, 24 * 5)
    assert reminders(shop) == []


def test_who_got_it_in_another_way_is_left_in_peace(shop: Shop, charlie: Customer) -> None:
    with store_scope(shop.store):
        now, source = clock.now(), Source("hand", "1")
        granting.grant(charlie, product=shop.price.product, source=source, starts_at=now, now=now)
    leave_halfway(shop, may_remind="on")
    assert reminders(shop) == []
    leave_halfway(shop, may_remind="on", is_gift="on")
    assert len(reminders(shop)) == 1


def test_nobody_is_reminded_of_what_is_not_sold_any_more(shop: Shop) -> None:
    order = shop.begin(may_remind="on")
    shop.sandbox.expire(str(order.stripe_session_id))
    shop.hear("checkout.session.expired")
    with store_scope(shop.store):
        Price.objects.update(is_active=False)
    come_by(shop, 2)
    assert reminders(shop) == []


def test_the_link_restores_the_gift_the_extra_and_the_business(shop: Shop) -> None:
    with store_scope(shop.store):
        extra = make_book(title="The Second Stitch", amount=1900).prices.get()
        Extra.objects.create(price=extra)
    order = leave_halfway(
        shop,
        may_remind="on",
        extras=[extra.public_id],
        gift_to_name="Nina",
        gift_message="Sew!",
        buyer_company="Rags",
        buyer_tax_id="000000018",
    )
    with store_scope(shop.store):
        token = resuming.resume_url(order).partition("take_up=")[2]
    page = Client(SERVER_NAME="thread.localhost").get(f"{shop.url}?take_up={token}")
    text = page.content.decode()
    for words in ("Nina", "Sew!", "Rags", "000000018", "₪68"):
        assert words in text
    assert re.search(rf'value="{extra.public_id}"[^>]*checked', text)


def test_a_held_place_runs_out_for_all_to_see(shop: Shop, browse: Callable[..., Client]) -> None:
    with store_scope(shop.store):
        Price.objects.update(quantity=1)
    assert "held for you for an hour" in shop.client.get(shop.url).content.decode()
    order = shop.begin()
    assert "One is held for you until" in shop.client.get(shop.url).content.decode()
    other = browse(shop.store)
    assert "being paid for right now" in other.get(shop.url).content.decode()
    shop.sandbox.expire(str(order.stripe_session_id))
    assert "free for others again" in shop.return_page(order).content.decode()
    assert other.get(shop.url).status_code == 200
    shop.buy()
    assert "Nothing is left" in other.get(shop.url).content.decode()


def test_what_there_is_enough_of_is_not_said_to_be_held(shop: Shop) -> None:
    shop.begin()
    assert "held for you" not in shop.client.get(shop.url).content.decode()


@pytest.mark.parametrize("token", ["", "x", "AAAA:BBBB:CCCC"])
def test_a_forged_link_restores_nothing(shop: Shop, token: str) -> None:
    with store_scope(shop.store):
        assert resuming.order_to_resume(token) is None
    assert shop.client.get(f"{shop.url}?take_up={token}").status_code == 200


def test_a_link_of_another_store_restores_nothing(
    shop: Shop, other_store: Store, browse: Callable[..., Client]
) -> None:
    order = shop.begin(name="Charlotte")
    with store_scope(shop.store):
        token = resuming.resume_url(order).partition("take_up=")[2]
    with store_scope(other_store):
        price = make_product().prices.get()
    page = browse(other_store).get(f"/buy/{price.public_id}/?take_up={token}").content.decode()
    assert "Charlotte" not in page


def test_the_tick_for_news_is_empty_and_counts_once_it_is_paid(shop: Shop) -> None:
    page = shop.client.get(shop.url).content.decode()
    assert re.search(r'<input[^>]*name="wants_news"(?![^>]*checked)', page)
    order = shop.begin(wants_news="on")
    with store_scope(shop.store):
        assert not Consent.objects.exists()
    shop.pay(order)
    shop.return_page(order)
    with store_scope(shop.store):
        assert Consent.objects.get().source == "checkout"


def test_where_prices_are_without_tax_it_is_added_and_charged(shop: Shop) -> None:
    with store_scope(shop.store):
        Business.objects.create(
            legal_name="Alice", kind="licensed", country="IL", prices_include_vat=False
        )
    order = shop.buy()
    assert (order.total, order.lines.get().tax) == (5782, 882)
    assert "VAT" in shop.client.get(shop.url).content.decode()


def test_who_owns_a_part_of_a_bundle_is_told_before_paying(
    shop: Shop, charlie: Customer, browse: Callable[..., Client]
) -> None:
    with store_scope(shop.store):
        bundle = make_product("bundle", title="Both", amount=9900)
        include(bundle, shop.price.product)
        now, source = clock.now(), Source("hand", "1")
        granting.grant(charlie, product=shop.price.product, source=source, starts_at=now, now=now)
        price = bundle.prices.get()
    page = browse(shop.store, charlie.user).get(f"/buy/{price.public_id}/").content.decode()
    assert "yours already" in page
