"""Books in print: asked where to, charged for the way, put on the list, taken off it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.contract import Open, Viewer
from access.models import Access
from access.services.gate import may_open
from core import clock
from mail.models import Message
from payments.models import Coupon, Document, Extra, Order, Payment, Refund
from payments.services import nightly
from payments.services.documents.working import issue_due
from payments.services.nightly.giving import give_what_follows
from payments.services.quoting import extras_for
from payments.services.refunding import refund
from products.models import Hold, Price, Product
from products.services.sales import places_left
from shipping.models import KeptAddress, Parcel, Zone
from shipping.services import parcels
from stores.models import Business
from tests.payments.buying import Shop, make_book
from tests.shipping.posting import ADDRESS, LONDON, in_print, make_point, make_zones, print_price


@pytest.fixture
def printed(shop: Shop, in_store: Any) -> Shop:
    """The shop with its book in print and digital at 89.00, ten copies."""
    make_zones()
    in_print(shop.price.product, stock=10)
    return replace(shop, price=print_price(shop.price.product))


@pytest.fixture
def paper_only(printed: Shop) -> Shop:
    """The same book in print alone at 69.00."""
    return replace(printed, price=print_price(printed.price.product, "print", amount=6900))


def says(response: Any) -> str:
    return str(response.content.decode())


def test_the_way_is_shown_before_paying_and_follows_the_country(printed: Shop) -> None:
    page = says(printed.client.get(printed.url))
    assert "₪25" in page
    assert "₪114" in page
    looked = printed.send(look="country", ship_country="GB", ship_how="post")
    assert "₪60" in says(looked)
    assert looked.status_code == 200


def test_what_is_paid_is_the_thing_and_its_way_each_a_line_of_stripes(printed: Shop) -> None:
    order = printed.buy(**ADDRESS)
    assert (order.total, order.status) == (8900 + 2500, "paid")
    line = order.lines.get()
    assert (line.shipping, line.is_posted, line.opens) == (2500, True, True)
    body = order.calls.get(kind="checkout").body["line_items"]
    amounts = [each["price_data"]["unit_amount"] for each in body]
    assert amounts == [8900, 2500]
    assert body[1]["price_data"]["product_data"]["name"] == "Shipping"


def test_it_opens_at_once_and_stands_on_the_list(printed: Shop) -> None:
    order = printed.buy(**ADDRESS)
    assert Access.objects.get().customer == order.customer
    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.city, parcel.zone.name) == ("to_pack", "Haifa", "Israel")
    assert (parcel.order_number, parcel.customer) == (order.number, order.customer)
    assert "waiting to be packed" in says(printed.client.get(f"/orders/{order.public_id}/"))


def test_in_print_alone_it_opens_nothing(paper_only: Shop) -> None:
    order = paper_only.buy(**ADDRESS)
    assert not Access.objects.exists()
    assert Parcel.objects.get().title == order.lines.get().title
    part = paper_only.price.product.parts.get()
    assert not isinstance(
        may_open(Viewer(customer=order.customer), [part], clock.now())[part], Open
    )


def test_who_names_no_place_is_asked_and_keeps_what_was_typed(printed: Shop) -> None:
    response = printed.send(ship_name="Charlie", ship_city="Haifa")
    page = says(response)
    assert response.status_code == 422
    assert 'value="Haifa"' in page
    assert "Write a number the courier can call." in page
    assert "Write the street." in page
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ship_postcode": "12345"}, "They look like 3303105"),
        ({"ship_house": ""}, "Write the number of the house."),
        ({"ship_phone": "call me"}, "Write a number the courier can call."),
        ({"ship_country": "FR"}, "We do not post to France."),
        ({"ship_country": "GB", "ship_postcode": "3303105"}, "They look like EC1Y 8SY"),
        ({"ship_country": "GB", "ship_postcode": ""}, "Write the postcode."),
    ],
)
def test_an_address_its_post_cannot_read_is_refused(
    printed: Shop, change: dict[str, str], sentence: str
) -> None:
    response = printed.send(**ADDRESS | change)
    assert response.status_code == 422
    assert sentence in says(response)


def test_a_postcode_may_stay_empty_where_its_post_lets_it(printed: Shop) -> None:
    assert printed.buy(**ADDRESS | {"ship_postcode": ""}).status == "paid"


def test_elsewhere_costs_what_its_zone_costs(printed: Shop) -> None:
    order = printed.buy(**LONDON)
    assert order.total == 8900 + 6000
    assert Parcel.objects.get().zone.name == "Islands"


def test_picked_up_it_costs_nothing_more_and_needs_no_address(printed: Shop) -> None:
    point = make_point()
    there = {"ship_how": point.public_id, "ship_name": "Charlie", "ship_phone": "0505550199"}
    assert "Herzl 7, Haifa" in says(printed.send(look="how", **there))
    order = printed.buy(**there)
    assert order.total == 8900
    assert Parcel.objects.get().pickup == point
    assert not KeptAddress.objects.exists()


def test_what_is_worth_enough_is_posted_for_nothing(printed: Shop) -> None:
    dear = replace(printed, price=print_price(printed.price.product, amount=20000))
    order = dear.buy(**ADDRESS)
    assert order.total == 20000
    assert order.lines.get().shipping == 0


def test_a_coupon_takes_nothing_off_the_way(printed: Shop) -> None:
    Coupon.objects.create(code="ALL", percent=100)
    order = printed.buy(**ADDRESS, coupon="ALL")
    assert (order.total, order.discount) == (2500, 8900)


def test_a_second_book_taken_along_costs_what_a_further_copy_costs(printed: Shop) -> None:
    other = make_book(title="The Second Stitch", amount=None)
    in_print(other)
    beside = print_price(other, "print", amount=3000)
    Extra.objects.create(price=beside)
    order = printed.buy(**ADDRESS, extras=[beside.public_id])
    assert order.total == 8900 + 3000 + 2500 + 1000
    assert Parcel.objects.count() == 2


def test_a_book_taken_along_asks_where_to_only_once_it_is_ticked(shop: Shop) -> None:
    make_zones()
    other = make_book(title="The Second Stitch", amount=None)
    in_print(other)
    beside = print_price(other, "print", amount=3000)
    Extra.objects.create(price=beside)
    assert "ship_street" not in says(shop.client.get(shop.url))
    assert "ship_street" in says(shop.send(extras=[beside.public_id]))
    assert not Order.objects.exists()


def test_vat_on_top_falls_on_the_way_too_and_documents_say_both(printed: Shop) -> None:
    Business.objects.create(
        legal_name="Alice",
        kind="licensed",
        tax_id="123456782",
        address="Herzl 5",
        city="Haifa",
        country="IL",
        prices_include_vat=False,
    )
    order = printed.buy(**ADDRESS)
    assert order.total == round((8900 + 2500) * 1.18)
    issue_due(clock.now())
    paper = Document.objects.get()
    assert (paper.net, paper.vat) == (11400, 2052)
    said = [(line["title"], line["amount"], line["total"]) for line in paper.snapshot["lines"]]
    assert said == [("The First Stitch", 8900, 10502), ("Shipping", 2500, 2950)]
    assert sum(line["total"] for line in paper.snapshot["lines"]) == paper.total


def test_the_next_checkout_begins_with_the_last_address(
    printed: Shop, browse: Callable[..., Client]
) -> None:
    order = printed.buy(**ADDRESS)
    known = browse(printed.store, order.customer.user)
    page = says(known.get(printed.url))
    assert 'value="Haifa"' in page
    assert 'value="050-555-0199"' in page


def test_a_gift_goes_to_whose_address_was_written_and_that_is_not_kept(printed: Shop) -> None:
    printed.buy(**ADDRESS, is_gift="on", gift_to_name="Dana")
    assert Parcel.objects.get().name == "Charlie Cohen"
    assert not Access.objects.exists()  # the link opens it for whoever claims it
    assert not KeptAddress.objects.exists()


def test_a_shop_that_posts_nowhere_says_so(printed: Shop) -> None:
    Zone.objects.update(is_active=False)
    response = printed.client.get(printed.url)
    assert response.status_code == 409
    assert "not said yet where it posts to" in says(response)


def test_both_kinds_of_price_take_from_one_stock(paper_only: Shop, printed: Shop) -> None:
    in_print(printed.price.product, stock=1)
    paper_only.buy(**ADDRESS)
    price = Price.objects.select_related("product").get(pk=printed.price.pk)
    assert places_left(price, clock.now()) == 0
    response = printed.client.get(printed.url)
    assert response.status_code == 409
    assert "Nothing is left" in says(response)


def test_given_back_before_it_is_posted_it_leaves_the_list_and_is_there_again(
    printed: Shop,
) -> None:
    order = printed.buy(**ADDRESS)
    refund(order, by="Alice", now=clock.now())
    parcel = Parcel.objects.get()
    assert parcel.state == "cancelled"
    price = Price.objects.select_related("product").get(pk=printed.price.pk)
    assert places_left(price, clock.now()) == 10
    assert Access.objects.get().revoked_at is not None


def test_given_back_once_it_left_the_copy_is_gone_until_it_comes_back(printed: Shop) -> None:
    order = printed.buy(**ADDRESS)
    parcels.mark_sent(Parcel.objects.get(), carrier="", tracking="", now=clock.now())
    refund(order, by="Alice", now=clock.now())
    price = Price.objects.select_related("product").get(pk=printed.price.pk)
    assert Parcel.objects.get().state == "sent"
    assert places_left(price, clock.now()) == 9
    parcels.came_back(Parcel.objects.get(), is_fit=True, now=clock.now())
    assert places_left(price, clock.now()) == 10


def test_what_came_back_leaves_the_digital_one_open(printed: Shop) -> None:
    printed.buy(**ADDRESS)
    parcels.mark_sent(Parcel.objects.get(), carrier="", tracking="", now=clock.now())
    parcels.came_back(Parcel.objects.get(), is_fit=True, now=clock.now())
    access = Access.objects.get()
    assert access.is_live(clock.now())
    assert Hold.objects.sold().count() == 1  # sold still, and in the house


def test_the_thing_is_given_back_without_its_way(printed: Shop) -> None:
    order = printed.buy(**ADDRESS)
    parcels.mark_sent(Parcel.objects.get(), carrier="", tracking="", now=clock.now())
    given = refund(
        order, by="Alice", now=clock.now(), lines=list(order.lines.all()), keeps_shipping=True
    )
    assert [each.amount for each in given] == [8900]
    order.refresh_from_db()
    assert order.status == "partly_refunded"
    assert order.lines.get().closed_at is not None
    assert Access.objects.get().revoked_at is not None


def test_paper_given_back_alone_leaves_what_was_bought_digital(
    paper_only: Shop, shop: Shop
) -> None:
    digital = shop.buy()
    paper = paper_only.buy(**ADDRESS)
    refund(paper, by="Alice", now=clock.now())
    digital.refresh_from_db()
    assert (digital.status, Parcel.objects.get().state) == ("paid", "cancelled")
    assert Access.objects.get().is_live(clock.now())


def test_a_refund_that_fails_puts_the_parcel_back_on_the_list(printed: Shop) -> None:
    order = printed.buy(**ADDRESS)
    made = refund(order, by="Alice", now=clock.now())[0]
    assert Parcel.objects.get().state == "cancelled"
    printed.sandbox.settle_refund(made.stripe_id, fail=True)
    printed.hear()
    assert Parcel.objects.get().state == "to_pack"


def test_sold_before_it_is_printed_it_says_the_day_and_waits_for_it(printed: Shop) -> None:
    in_print(printed.price.product, stock=10, print_on=date(2099, 3, 1))
    page = says(printed.client.get(printed.url))
    assert "posted from March 1, 2099 on" in page.replace("1 March 2099", "March 1, 2099")
    printed.buy(**ADDRESS)
    assert Parcel.objects.get().not_before == date(2099, 3, 1)
    assert Access.objects.get().is_live(clock.now())
    assert not Parcel.objects.due(date(2099, 2, 28)).exists()


def test_a_price_in_print_is_no_longer_sold_once_the_book_is_not(printed: Shop) -> None:
    in_print(printed.price.product, sells_print=False)
    assert printed.client.get(printed.url).status_code == 409


def test_a_test_of_the_owner_posts_nothing(
    printed: Shop, alice: Any, browse: Callable[..., Client]
) -> None:
    hers = browse(printed.store, alice)
    response = printed.send(hers, **ADDRESS, email="alice@example.com", test="1")
    assert response.status_code == 302
    assert Order.objects.get().is_test
    assert not Parcel.objects.exists()


def test_what_is_posted_is_never_offered_after_paying(shop: Shop) -> None:
    make_zones()
    other = make_book(title="The Second Stitch", amount=None)
    in_print(other)
    Extra.objects.create(price=print_price(other, "print"), kind=Extra.Kind.UPSELL)
    assert extras_for(shop.price, who=None, now=clock.now(), kind=Extra.Kind.UPSELL) == []


def test_the_receipt_names_the_way(printed: Shop) -> None:
    printed.buy(**ADDRESS)
    receipt = Message.objects.get(kind="receipt")
    assert [line["title"] for line in receipt.context["lines"]] == ["The First Stitch", "Shipping"]


def test_the_shop_gives_back_the_thing_and_keeps_what_posting_cost(
    printed: Shop, alice: Any, browse: Callable[..., Client]
) -> None:
    order = printed.buy(**ADDRESS)
    hers = browse(printed.store, alice)
    url = reverse("admin:payments_order_refund", args=[order.pk])
    asked = {"what": "all", "keep_shipping": "on"}
    body = says(hers.post(url, asked))
    assert "₪89 go back" in body
    assert 'name="keep_shipping" value="on"' in body or 'value="True"' in body
    assert hers.post(url, asked | {"sure": "1", "left": "11400"}).status_code == 302
    assert [each.amount for each in Refund.objects.all()] == [8900]
    assert order.lines.get().closed_at is not None


@pytest.mark.differs
def test_the_nightly_check_finds_a_parcel_that_went_astray_and_mends_it(printed: Shop) -> None:
    order = printed.buy(**ADDRESS)
    Parcel.objects.all().delete()
    assert [each.kind for each in nightly.check_everything(clock.now())] == ["line_unposted"]
    give_what_follows(order, clock.now())
    assert nightly.check_everything(clock.now()) == []
    refund(order, by="Alice", now=clock.now())
    Parcel.objects.update(state="to_pack")
    assert [each.kind for each in nightly.check_everything(clock.now())] == ["line_posted"]
    give_what_follows(order, clock.now())
    assert Parcel.objects.get().state == "cancelled"


def test_a_copy_whose_payment_is_disputed_waits_for_the_bank(printed: Shop) -> None:
    printed.buy(**ADDRESS)
    made = printed.sandbox.dispute(Payment.objects.latest("id").charge)
    printed.hear()
    today = clock.now().date()
    assert Parcel.objects.get().held_at is not None
    assert not Parcel.objects.due(today).exists()
    printed.sandbox.decide_dispute(made["id"], won=True)
    printed.hear()
    assert Parcel.objects.due(today).exists()


def test_a_product_is_bought_digital_where_that_is_the_price(printed: Shop, shop: Shop) -> None:
    shop.buy()
    assert Product.objects.count() == 1
    assert not Parcel.objects.exists()
