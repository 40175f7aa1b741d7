"""Until a presale opens its money comes back by one press; after that this way is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from access.models import Access
from access.services import presales
from core import clock
from mail.models import Message
from payments.models import Gift, Order, Refund
from payments.services.fulfilment import settle
from payments.services.gifts.delivering import work_on_gifts
from payments.services.promises import key_of
from payments.services.providers import provider_of
from payments.services.refunding import refund, write_down_parts
from products.errors import CannotMoveOpening
from products.models import Part, Product
from products.services.presale import drop_opening, move_opening, open_now
from products.services.sales import places_left, sold_counts
from stores.scope import store_scope
from tests.payments.buying import Shop

OPENS_IN = timedelta(days=14)


@pytest.fixture
def presale(shop: Shop) -> Shop:
    """The shop with its book sold before it opens, and one buyer."""
    with store_scope(shop.store):
        now = clock.now()
        move_opening(shop.price.product, now + OPENS_IN, now=now)
    shop.buy()
    return shop


def url_of(shop: Shop) -> str:
    with store_scope(shop.store):
        access = Access.objects.get()
        return f"/money-back/{access.public_id}/{key_of(access)}/"


def test_the_receipt_the_page_and_the_shelf_lead_to_it(presale: Shop) -> None:
    with store_scope(presale.store):
        mail = Message.objects.get(kind="receipt")
    assert url_of(presale) in mail.context["waits"][0]["url"]
    assert url_of(presale) in presale.client.get("/shelf/").content.decode()
    order = presale.order()
    assert url_of(presale) in presale.client.get(f"/orders/{order.public_id}/").content.decode()


def test_looking_gives_nothing_back_and_one_press_gives_all(presale: Shop) -> None:
    assert presale.client.get(url_of(presale)).status_code == 200
    with store_scope(presale.store):
        assert not Refund.objects.exists()
    for _ in range(2):
        presale.client.post(url_of(presale))
    with store_scope(presale.store):
        assert Refund.objects.get().amount == 4900
        assert Order.objects.get().status == Order.Status.REFUNDED
        assert Access.objects.get().revoked_at is not None
        assert Message.objects.filter(kind="refunded").count() == 1
    assert "on its way back" in presale.client.get(url_of(presale)).content.decode()


def test_once_it_opened_nothing_is_given_back(presale: Shop) -> None:
    with store_scope(presale.store):
        open_now(Product.objects.get(), now=clock.now())
        presales.work(clock.now(), batches=9)
    answer = presale.client.post(url_of(presale), follow=True)
    assert "It has opened" in answer.content.decode()
    with store_scope(presale.store):
        assert not Refund.objects.exists()
        assert Access.objects.get().is_live(clock.now())


def test_a_wrong_key_is_no_such_page(presale: Shop) -> None:
    assert presale.client.post(url_of(presale)[:-6] + "00000/").status_code == 404


def test_given_back_it_is_not_opened_nor_mailed_of(presale: Shop) -> None:
    presale.client.post(url_of(presale))
    with store_scope(presale.store):
        open_now(Product.objects.get(), now=clock.now())
        presales.work(clock.now(), batches=9)
        assert not Message.objects.filter(kind="presale_opened").exists()
        assert not Access.objects.get().is_live(clock.now())


def test_what_is_given_away_is_taken_back_by_its_giver(shop: Shop) -> None:
    with store_scope(shop.store):
        now = clock.now()
        move_opening(shop.price.product, now + OPENS_IN, now=now)
    order = shop.buy(gift_to_name="Nina")
    with store_scope(shop.store):
        gift = Gift.objects.get()
    url = f"/money-back/{gift.public_id}/{key_of(gift)}/"
    assert url in shop.client.get(f"/orders/{order.public_id}/").content.decode()
    for _ in range(2):
        shop.client.post(url)
    with store_scope(shop.store):
        assert Refund.objects.get().amount == 4900
        assert Gift.objects.get().withdrawn_at is not None


def test_the_giver_hears_that_the_day_moved_and_that_it_is_late(shop: Shop) -> None:
    product = shop.price.product
    with store_scope(shop.store):
        move_opening(product, clock.now() + OPENS_IN, now=clock.now())
    shop.buy(gift_to_name="Nina")
    with store_scope(shop.store):
        with pytest.raises(CannotMoveOpening):
            drop_opening(product, now=clock.now())
        moved = move_opening(product, clock.now() + 2 * OPENS_IN, now=clock.now())
        for _ in range(2):
            work_on_gifts(clock.now())
        Part.objects.update(published_at=None)
        presales.work(moved.opens_at, batches=9)
        work_on_gifts(moved.opens_at)
        told = Message.objects.filter(to_address="charlie@example.com", key__startswith="gift-op")
        assert [each.kind for each in told.order_by("pk")] == ["presale_moved", "presale_delayed"]
        assert "/money-back/" in told.first().context["back_url"]


def test_after_a_part_was_given_back_the_rest_still_comes_by_one_press(presale: Shop) -> None:
    order = presale.order()
    with store_scope(presale.store):
        with transaction.atomic():
            parts = [(order.lines.get(), 900)]
            first = write_down_parts(order, parts, by="Alice", now=clock.now())
        provider_of(order).refund(first[0], clock.now())
    assert "40" in presale.client.get(url_of(presale)).content.decode().split("<main")[1]
    presale.client.post(url_of(presale))
    with store_scope(presale.store):
        assert sorted(Refund.objects.values_list("amount", flat=True)) == [900, 4000]
        assert Order.objects.get().status == Order.Status.REFUNDED


def test_the_place_of_who_took_the_money_back_is_sold_again(presale: Shop) -> None:
    with store_scope(presale.store):
        presale.price.quantity = 1
        presale.price.save(update_fields=["quantity"])
        order = Order.objects.get()
        assert places_left(presale.price, clock.now()) == 0
        refund(order, by="alice", now=clock.now(), lines=list(order.lines.all()))
        assert places_left(presale.price, clock.now()) == 1
        assert sold_counts([presale.price.product]) == {}
        Refund.objects.update(state=Refund.State.FAILED)
        order.refresh_from_db()
        settle(order, clock.now())
        assert places_left(presale.price, clock.now()) == 0


def test_who_bought_ahead_is_not_sold_it_twice(presale: Shop) -> None:
    page = presale.client.get(presale.url).content.decode()
    assert "You have this already" in page
    slug = presale.price.product.slug
    shown = presale.client.get(f"/p/{slug}/").content.decode()
    assert "This is yours." in shown
    assert presale.url not in shown


def test_the_checkout_page_says_when_it_opens(presale: Shop, browse) -> None:
    page = browse(presale.store).get(presale.url).content.decode()
    assert "until it opens you may have your money back" in page
    assert "Opens at once" not in page
    assert "It opens at once" not in page
