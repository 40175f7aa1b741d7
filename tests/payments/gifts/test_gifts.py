"""Gifts: bought by one, claimed by another, once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from access.contract import Source
from access.models import Access
from access.services import granting
from accounts.models import Customer, User
from core import clock
from mail.models import Message
from mail.services.rendering import Rendered, render, store_sender
from payments.contract import Basket, Buyer, GiftWish
from payments.errors import CannotGive
from payments.forms.checkout import CheckoutForm
from payments.models import Gift, Order
from payments.services.cancelling.judging import first_openings
from payments.services.gifts.claiming import choices, claim
from payments.services.gifts.delivering import work_on_gifts
from payments.services.gifts.giving import change_gift, turn_into_gift
from payments.services.ordering import order_for
from payments.services.refunding import refund
from products.models import Price
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_price, make_product, make_user
from tests.payments.buying import Shop, make_book

DAY = timedelta(days=1)


def customer(name: str) -> Customer:
    return Customer.objects.create(user=make_user(f"{name}@example.com"), name=name)


def give(price: Price, **over: Any) -> Gift:
    """A free gift of charlie's: no money, so no Stripe."""
    buyer = Buyer("charlie@example.com", "Charlie", "en")
    wish = GiftWish(**({"from_name": "Charlie", "to_name": "Nina"} | over))
    basket = Basket(price, gift=wish)
    order_for(basket, buyer=buyer, attempt="a", mine=(), now=clock.now())
    return Gift.objects.get()


@pytest.fixture
def gift(in_store: Store) -> Gift:
    return give(make_price(make_book(amount=None), amount=0))


def told_by(kind: str, store: Store) -> Rendered:
    return render(Message.objects.get(kind=kind), store_sender(store))


def url_of(gift: Gift, page: str = "") -> str:
    return f"/gifts/{gift.public_id}/{gift.key}/{page}"


def test_a_gift_is_paid_by_one_and_opens_for_another(
    shop: Shop, browse: Callable[..., Client]
) -> None:
    order = shop.buy(
        gift_to_name="Nina", gift_to_email="nina@example.com", gift_message="Sew!\nLove"
    )
    with store_scope(shop.store):
        found = Gift.objects.get()
        assert not Access.objects.exists()
        work_on_gifts(clock.now())
        work_on_gifts(clock.now())
        assert list(Message.objects.filter(kind="gift").values_list("to_address", flat=True)) == [
            "nina@example.com"
        ]
        nina = customer("nina").user
    client = browse(shop.store, nina)
    assert "Love" in client.get(url_of(found)).content.decode()
    assert client.post(url_of(found, "claim/")).status_code == 302
    with store_scope(shop.store):
        assert Access.objects.get().customer.user == nina
        assert Message.objects.filter(kind="gift_claimed", to_address=order.email).count() == 1
    assert "Opened on" in shop.client.get(f"/orders/{order.public_id}/").content.decode()


def test_looking_takes_nothing_and_a_visitor_is_sent_to_sign_in(
    gift: Gift, store: Store, browse: Callable[..., Client]
) -> None:
    client = browse(store)
    assert client.get(url_of(gift)).status_code == 200
    assert "/sign-in/" in client.post(url_of(gift, "claim/"))["Location"]
    assert not Access.objects.exists()


@pytest.mark.parametrize("page", ["", "card/", "claim/"])
def test_a_forged_key_finds_nothing(
    page: str, gift: Gift, store: Store, browse: Callable[..., Client]
) -> None:
    url = f"/gifts/{gift.public_id}/{'0' * 32}/{page}"
    client = browse(store)
    response = client.post(url) if page == "claim/" else client.get(url)
    assert response.status_code == 404


def test_a_gift_of_another_store_is_none(
    gift: Gift, other_store: Store, browse: Callable[..., Client]
) -> None:
    assert browse(other_store).get(url_of(gift)).status_code == 404


def test_before_its_day_it_waits(in_store: Store) -> None:
    later = give(make_price(make_book(amount=None), amount=0), deliver_at=clock.now() + 3 * DAY)
    with pytest.raises(CannotGive, match="not time"):
        claim(later, customer("nina"), now=clock.now())
    assert claim(later, customer("mona"), now=clock.now() + 3 * DAY)


def test_claimed_twice_by_the_same_is_once_and_by_another_is_too_late(gift: Gift) -> None:
    nina, now = customer("nina"), clock.now()
    assert claim(gift, nina, now=now) == claim(gift, nina, now=now)
    with pytest.raises(CannotGive, match="already"):
        claim(gift, customer("mona"), now=now)
    assert Access.objects.count() == 1


def test_who_has_it_already_chooses_something_that_costs_no_more(in_store: Store) -> None:
    book = make_book()
    cheap, dear = make_product(title="Cheap", amount=900), make_product(title="Dear", amount=9900)
    nina = customer("nina")
    found = give(make_price(book, amount=0))
    found.line.amount = 4900
    found.line.save()
    now = clock.now()
    granting.grant(nina, product=book, source=Source("hand", "1"), starts_at=now, now=now)
    with pytest.raises(CannotGive, match="have this already"):
        claim(found, nina, now=now)
    assert [price.product.title for price in choices(found, nina, now)] == ["Cheap"]
    with pytest.raises(CannotGive):
        claim(found, nina, now=now, instead=dear.prices.get())
    claim(found, nina, now=now, instead=cheap.prices.get())
    assert Access.objects.get(source_kind="gift").product_id == cheap.pk


def test_nothing_is_taken_instead_that_no_visitor_could_buy(in_store: Store) -> None:
    found, now = give(make_price(make_book(), amount=0)), clock.now()
    found.line.amount = 4900
    over = {"length": "until", "length_until": now.date() - timedelta(days=2)}
    make_price(make_product(title="Over", amount=None), amount=900, **over)
    make_price(make_product(title="By link", amount=None), amount=900, is_listed=False)
    make_product(title="Late", amount=900, opens_at=now, late_at=now)
    make_product(title="Hidden", amount=900, status="hidden")
    make_product(title="Fine", amount=900)
    assert [each.product.title for each in choices(found, customer("nina"), now)] == ["Fine"]


def test_who_has_it_not_cannot_swap_it(gift: Gift) -> None:
    other = make_product(title="Other", amount=100)
    with pytest.raises(CannotGive, match="still yours"):
        claim(gift, customer("nina"), now=clock.now(), instead=other.prices.get())


def test_money_back_takes_an_unclaimed_gift_back(shop: Shop) -> None:
    order = shop.buy(is_gift="on")
    with store_scope(shop.store):
        refund(order, by="Alice", now=clock.now())
        found = Gift.objects.get()
        assert found.withdrawn_at is not None
        with pytest.raises(CannotGive, match="taken back"):
            claim(found, customer("nina"), now=clock.now())


def test_money_back_closes_a_claimed_gift_and_nothing_else_of_its_receiver(shop: Shop) -> None:
    order = shop.buy(is_gift="on")
    with store_scope(shop.store):
        nina, now = customer("nina"), clock.now()
        own = granting.grant(
            nina,
            product=make_product(title="Own"),
            source=Source("hand", "1"),
            starts_at=now,
            now=now,
        )
        claim(Gift.objects.get(), nina, now=now)
        refund(order, by="Alice", now=clock.now())
        assert Access.objects.get(source_kind="gift").revoked_at is not None
        own.refresh_from_db()
        assert own.revoked_at is None


def test_nobody_claimed_it_so_its_giver_hears_once(gift: Gift) -> None:
    for days in (13, 15, 40):
        work_on_gifts(clock.now() + days * DAY)
    assert Message.objects.filter(kind="gift_unclaimed").count() == 1


def test_a_free_thing_writes_to_no_stranger(in_store: Store) -> None:
    give(make_price(make_book(amount=None), amount=0), to_email="stranger@example.com")
    work_on_gifts(clock.now() + DAY)
    assert not Message.objects.filter(to_address="stranger@example.com").exists()


def test_another_address_is_written_to_and_a_claimed_gift_stays(shop: Shop) -> None:
    order = shop.buy(gift_to_email="wrong@example.com")
    with store_scope(shop.store):
        work_on_gifts(clock.now())
    url = f"/orders/{order.public_id}/gift/"
    assert shop.client.post(url, {"gift_to_email": "nina@example.com"}).status_code == 302
    with store_scope(shop.store):
        work_on_gifts(clock.now())
        sent = Message.objects.filter(kind="gift").values_list("to_address", flat=True)
        assert sorted(sent) == ["nina@example.com", "wrong@example.com"]
        claim(Gift.objects.get(), customer("nina"), now=clock.now())
    assert shop.client.post(url, {"gift_to_name": "Mona"}).status_code == 409


def test_only_the_giver_changes_it(shop: Shop, browse: Callable[..., Client]) -> None:
    order = shop.buy(is_gift="on")
    assert browse(shop.store).get(f"/orders/{order.public_id}/gift/").status_code == 404


def test_what_was_bought_for_oneself_becomes_a_gift_until_it_is_opened(shop: Shop) -> None:
    order = shop.buy()
    with store_scope(shop.store):
        line, wish, now = order.lines.get(), GiftWish("Charlie", "Nina"), clock.now()
        found = turn_into_gift(line, wish, now=now)
        assert Access.objects.standing().count() == 0
        claim(found, customer("nina"), now=now)
        with pytest.raises(CannotGive):
            turn_into_gift(line, wish, now=now)
    other = shop.buy(again="on", email="mona@example.com")
    with store_scope(shop.store):
        Access.objects.filter(customer=other.customer).update(first_opened_at=clock.now())
        with pytest.raises(CannotGive, match="opened already"):
            turn_into_gift(other.lines.get(), wish, now=clock.now())


def test_a_day_in_the_past_is_no_day(shop: Shop) -> None:
    page = shop.send(gift_day="2020-01-01")
    assert page.status_code == 422
    assert "from today on" in page.content.decode()


def test_staff_see_gifts_and_their_state(
    gift: Gift, store: Store, alice: User, browse: Callable[..., Client]
) -> None:
    page = browse(store, alice).get("/admin/payments/gift/").content.decode()
    assert "for Nina" in page
    assert gift.key not in page


def test_a_changed_gift_keeps_what_is_claimed(gift: Gift) -> None:
    claim(gift, customer("nina"), now=clock.now())
    with pytest.raises(CannotGive):
        change_gift(gift, GiftWish("X", "Y"), now=clock.now())


def test_an_emptied_day_is_at_once(in_store: Store) -> None:
    later = give(make_price(make_book(amount=None), amount=0), deliver_at=clock.now() + 3 * DAY)
    change_gift(later, GiftWish("Charlie", "Nina"), now=clock.now())
    assert claim(later, customer("nina"), now=clock.now())


def test_who_did_not_open_it_is_reminded_once_and_then_its_giver(shop: Shop) -> None:
    shop.buy(gift_to_email="nina@example.com")
    with store_scope(shop.store):
        for days in (0, 6, 8, 9, 15, 40):
            work_on_gifts(clock.now() + days * DAY)
        kinds = ("gift", "gift_waiting", "gift_unclaimed")
        sent = Message.objects.filter(kind__in=kinds).order_by("pk")
        assert [(each.kind, each.to_address) for each in sent] == [
            ("gift", "nina@example.com"),
            ("gift_waiting", "nina@example.com"),
            ("gift_unclaimed", "charlie@example.com"),
        ]


def test_who_owns_it_and_gives_it_did_not_pay_twice(shop: Shop, charlie: Customer) -> None:
    with store_scope(shop.store):
        now, source = clock.now(), Source("hand", "1")
        granting.grant(charlie, product=shop.price.product, source=source, starts_at=now, now=now)
    assert not shop.buy(is_gift="on").owned_before


def test_what_a_format_does_when_it_is_sold_it_does_when_it_is_claimed(in_store: Store) -> None:
    toy = make_product("toy", amount=None)
    rows = type(toy.contract.model.objects.get(pk=toy.pk)).objects.filter(pk=toy.pk)  # type: ignore[union-attr]  # a format with a model
    found = give(make_price(toy, amount=0))
    assert rows.get().sold == 0
    claim(found, customer("nina"), now=clock.now())
    assert rows.get().sold == 1


def test_what_its_receiver_opened_counts_as_opened(shop: Shop) -> None:
    order = shop.buy(is_gift="on")
    with store_scope(shop.store):
        (access,) = claim(Gift.objects.get(), customer("nina"), now=clock.now())
        moment = clock.now()
        Access.objects.filter(pk=access.pk).update(first_opened_at=moment)
        line = order.lines.get()
        assert first_openings([line]) == {line.pk: moment}


def test_where_nothing_is_paid_no_address_is_asked(in_store: Store) -> None:
    price = make_price(make_book(amount=None), amount=0)
    assert "gift_to_email" not in CheckoutForm(price=price).fields
    assert "gift_to_email" in CheckoutForm(price=make_price(make_book())).fields


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_claim_at_once_one_gets_it(store: Store, pytestconfig: pytest.Config) -> None:
    for number in range(50 if pytestconfig.getoption("--long") else 3):
        with store_scope(store):
            Gift.objects.all().delete()
            Order.objects.filter(attempt="a").update(attempt=f"was-{number}")
            found = give(make_price(make_book(title=f"{number}", amount=None), amount=0))
            people = [customer(f"p{number}-{index}") for index in range(20)]
        outcomes = _all_claim(store, found, people)
        assert sorted(outcomes) == ["got it"] + ["too late"] * 19


def _all_claim(store: Store, gift: Gift, people: list[Customer]) -> list[str]:
    outcomes: list[str] = []
    gate = threading.Barrier(len(people))

    def want(who: Customer) -> None:
        try:
            gate.wait()
            with store_scope(store):
                claim(gift, who, now=clock.now())
            outcomes.append("got it")
        except CannotGive:
            outcomes.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_who_gives_is_not_told_that_it_is_theirs(shop: Shop, browse: Callable[..., Client]) -> None:
    order = shop.buy(gift_to_name="Nina", gift_to_email="nina@example.com")
    with store_scope(shop.store):
        receipt = told_by("receipt", shop.store)
        ready = told_by("gift_ready", shop.store)
    for told in (receipt.text, receipt.html):
        assert "comes in a mail of its own" in " ".join(told.split())
        assert "Here it is" not in told
        assert "three browsers" not in told
    assert "to be opened from" not in ready.text
    page = shop.client.get(f"/orders/{order.public_id}/").content.decode()
    assert "A mail is on its way to nina@example.com." in page


def test_a_gift_for_another_day_says_which(shop: Shop) -> None:
    day = clock.now() + 9 * DAY
    order = shop.buy(gift_to_name="Nina", gift_day=f"{day:%Y-%m-%d}", gift_hour="9")
    with store_scope(shop.store):
        assert "to be opened from" in told_by("gift_ready", shop.store).text
    page = shop.client.get(f"/orders/{order.public_id}/").content.decode()
    assert f"It can be opened from {day.day} {day:%B %Y}" in page
