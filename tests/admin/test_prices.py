"""Prices, bundles, copies and deleted drafts in the store's admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from products.models import OldAddress, Price, Product
from products.services.bundles import include
from products.services.drafts import UNDO_LASTS
from products.services.presale import move_opening
from products.services.sales import mark_sold, take_hold
from products.tasks import forget_deleted
from stores.models import Store
from tests.admin.conftest import make_book
from tests.admin.test_products import LIST, form_of, new_price, prices
from tests.conftest import make_price, make_product

ADD = "/admin/ebooks/ebook/add/"
BUNDLE = f"{LIST}bundle/"


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def add(owner: Client, **over: Any) -> Any:
    return owner.post(ADD, {"title": "T"} | prices(new_price("49", **over)))


def known(price: Price, amount: str = "49.00", **over: Any) -> dict[str, Any]:
    ids = {"id": str(price.pk), "product": str(price.product_id)}
    return new_price(amount, **(ids | over))


def test_what_stands_under_more_is_kept(owner: Client) -> None:
    other = make_product("toy", title="Other")
    add(
        owner,
        compare_text="60",
        quantity="20",
        length="periods",
        length_count="12",
        length_unit="week",
        doors_open_at="2027-01-01T09:00",
        doors_close_at="2027-02-01T20:00",
        owners_of=str(other.pk),
        only_inside="on",
        includes=str(other.pk),
    )
    price = Price.objects.exclude(product=other).get()
    assert (price.compare_at, price.quantity, price.is_listed) == (6000, 20, False)
    assert (price.length, price.length_count, price.length_unit) == ("periods", 12, "week")
    assert price.doors_open_at.isoformat() == "2027-01-01T07:00:00+00:00"  # the store's clock
    assert price.for_owners_of_id == other.pk
    assert [row.included_id for row in price.inclusions.all()] == [other.pk]


def test_what_one_wants_to_pay_has_a_least_and_a_suggestion(owner: Client) -> None:
    add(owner, kind="pay_what_you_want", floor_text="10", amount_text="30")
    price = Price.objects.get()
    assert (price.kind, price.floor, price.amount) == ("pay_what_you_want", 1000, 3000)


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"compare_text": "49"}, "The price before was higher than ₪49"),
        ({"kind": "free", "compare_text": "60"}, "Only a price of one payment"),
        ({"length": "periods"}, "Write how many, like 12."),
        ({"length": "until"}, "Choose the day."),
        ({"length": "until", "length_until": "2020-01-01"}, "still ahead"),
        ({"length": "units", "length_count": "4"}, "Select a valid choice"),
        ({"quantity": "0"}, "To sell none, take it off sale."),
        (
            {"doors_open_at": "2027-02-01T09:00", "doors_close_at": "2027-01-01T09:00"},
            "Sales would end before they begin.",
        ),
        ({"amount_text": "1"}, "A card cannot be charged less than ₪2"),
        (
            {"kind": "pay_what_you_want", "floor_text": "50", "amount_text": "30"},
            "You suggest less than the least",
        ),
        ({"floor_text": "x", "kind": "pay_what_you_want"}, "Write the price as a number"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_nothing_typed_is_lost(
    owner: Client, over: dict[str, str], sentence: str
) -> None:
    page = add(owner, label="My own name", **over).content.decode()
    assert sentence in page
    assert 'value="My own name"' in page
    assert not Price.objects.exists()


def test_a_price_somebody_began_to_buy_at_is_taken_off_sale_instead(owner: Client) -> None:
    add(owner)
    price = Price.objects.get()
    until = clock.now() + timedelta(hours=1)
    take_hold(price, option="", quantity=1, order_reference="1", until=until, now=clock.now())
    gone = prices(known(price, DELETE="on"), known=1)
    page = owner.post(f"/admin/ebooks/ebook/{price.product_id}/change/", {"title": "T"} | gone)
    assert "so it stays. Take it off sale." in page.content.decode()
    assert "protected" not in page.content.decode()
    assert Price.objects.exists()


def test_access_does_not_end_before_a_presale_opens(owner: Client) -> None:
    add(owner)
    price = Price.objects.get()
    move_opening(price.product, clock.now() + timedelta(days=30), now=clock.now())
    until = (clock.now() + timedelta(days=9)).date().isoformat()
    typed = prices(known(price, length="until", length_until=until), known=1)
    page = owner.post(f"/admin/ebooks/ebook/{price.product_id}/change/", {"title": "T"} | typed)
    assert "It opens only after that day." in page.content.decode()


def test_a_sold_price_says_what_stays_and_offers_a_new_one(owner: Client) -> None:
    product = make_book()
    price = product.prices.get()
    include(product, make_product("toy", title="Extra"), price=price)
    mark_sold(price, clock.now())
    page = owner.get(form_of(product, "prices")).content.decode()
    instead = f"/admin/ebooks/ebook/{product.pk}/prices/{price.pk}/instead/"
    assert '<output id="id_prices-0-amount_text">₪49</output>' in page
    assert f'href="../prices/{price.pk}/instead/"' in page

    assert owner.get(instead).status_code == 200
    assert "Write the price" in owner.post(instead, {"amount_text": "x"}).content.decode()
    owner.post(instead, {"amount_text": "59"})

    new = product.prices.get(is_active=True)
    assert (new.amount, new.is_frozen, new.inclusions.count()) == (5900, False, 1)
    assert not Price.objects.get(pk=price.pk).is_active


def test_an_arrow_saves_the_form_and_moves_the_price(owner: Client) -> None:
    product = make_book()
    first, second = product.prices.get(), make_price(product, amount=9900, position=1)
    rows = prices(known(first, label="Kept"), known(second, "99.00"), known=2)
    posted = {"title": "T", "_move_price": f"{second.pk}:up"} | rows

    answer = owner.post(form_of(product), posted)

    assert answer["Location"].endswith(f"/{product.pk}/prices/")
    assert list(product.prices.values_list("pk", flat=True)) == [second.pk, first.pk]
    assert Price.objects.get(pk=first.pk).label == "Kept"


def test_a_price_of_another_product_is_neither_moved_nor_replaced(owner: Client) -> None:
    mine, other = make_book(title="Mine"), make_book(title="Other")
    price = other.prices.get()
    page = f"/admin/ebooks/ebook/{mine.pk}/prices/{price.pk}/instead/"
    assert owner.post(page, {"amount_text": "1"}).status_code == 404


def test_products_move_up_and_down_the_list(owner: Client) -> None:
    names = [make_product("toy", title=name).pk for name in "abc"]
    owner.post(f"{LIST}{names[2]}/up/")
    owner.post(f"{LIST}{names[0]}/up/")
    owner.get(f"{LIST}{names[0]}/down/")
    assert list(Product.objects.values_list("title", flat=True)) == ["a", "c", "b"]


def bundle_of(owner: Client, *inside: Product, **over: Any) -> Any:
    chosen = {"title": "Both", "inside": [str(each.pk) for each in inside]}
    return owner.post(BUNDLE, chosen | prices(new_price("79")) | over)


def test_a_bundle_is_made_of_products_and_says_what_it_saves(owner: Client) -> None:
    one, two = make_book(title="One"), make_product("toy", title="Two")
    assert "bundle" in owner.get(f"{LIST}add/").content.decode()

    answer = bundle_of(owner, one, two)

    bundle = Product.objects.get(format="bundle")
    assert answer["Location"] == f"{LIST}{bundle.pk}/change/"
    assert [row.included.title for row in bundle.inclusions.all()] == ["One", "Two"]
    page = owner.get(answer["Location"]).content.decode()
    assert "costs ₪98 one by one, here ₪79: ₪19 less" in page


def test_a_loop_is_a_sentence_and_saves_nothing(owner: Client) -> None:
    bundle_of(owner, make_book(title="One"))
    outer = Product.objects.get(format="bundle")
    book = Product.objects.get(format="ebook")
    posted = {"title": "One", "inside": str(outer.pk)} | prices()

    page = owner.post(form_of(book), posted).content.decode()

    assert "“Both” already contains “One”" in page
    assert not book.inclusions.exists()


def test_what_is_added_to_what_was_sold_says_who_hears_of_it(owner: Client) -> None:
    book, more = make_book(title="One"), make_product("toy", title="More")
    mark_sold(book.prices.get(), clock.now())
    posted = {"title": "One", "inside": str(more.pk)} | prices()
    page = owner.post(form_of(book), posted, follow=True).content.decode()
    assert "gets “More” in the next minutes, with a mail" in page


def test_an_old_address_leads_to_the_new_one(
    owner: Client, browse: Callable[..., Client], store: Store
) -> None:
    book = make_book(title="One", slug="one")
    owner.post(form_of(book), {"title": "One", "slug": "two"} | prices())
    answer = browse(store).get("/p/one/")
    assert (answer.status_code, answer["Location"]) == (301, "/p/two/")

    owner.post(form_of(book), {"title": "One", "slug": "one"} | prices())
    assert browse(store).get("/p/one/").status_code == 200
    assert [row.slug for row in OldAddress.objects.all()] == ["two"]


def test_an_old_address_of_another_product_belongs_to_who_has_it_now(
    owner: Client, browse: Callable[..., Client], store: Store
) -> None:
    book = make_book(title="One", slug="one")
    owner.post(form_of(book), {"title": "One", "slug": "two"} | prices())
    make_book(title="Heir", slug="one")
    assert "Heir" in browse(store).get("/p/one/").content.decode()


def test_a_copy_has_words_prices_and_what_is_inside_and_is_a_draft(owner: Client) -> None:
    book = make_book(title="One", tagline="A line")
    mark_sold(book.prices.get(), clock.now())
    include(book, make_product("toy", title="Extra"))
    owner.post(f"/admin/ebooks/ebook/{book.pk}/copy/")
    copy = Product.objects.get(title="One (a copy)")
    assert (copy.status, copy.tagline, copy.format) == ("draft", "A line", "ebook")
    assert copy.slug != book.slug
    assert [price.is_frozen for price in copy.prices.all()] == [False]
    assert copy.inclusions.count() == 1


def delete(owner: Client, product: Product) -> Any:
    return owner.post(f"/admin/ebooks/ebook/{product.pk}/delete/", follow=True)


def test_a_deleted_draft_comes_back_within_ten_minutes(owner: Client) -> None:
    draft = make_product("ebook", title="Oops", status="draft")
    page = delete(owner, draft).content.decode()
    assert f'action="{LIST}{draft.pk}/undo/"' in page
    assert owner.get(form_of(draft)).status_code == 404

    owner.post(f"{LIST}{draft.pk}/undo/")
    assert owner.get(form_of(draft)).status_code == 200


def test_a_deleted_draft_is_gone_after_ten_minutes(owner: Client) -> None:
    draft = make_product("ebook", title="Oops", status="draft")
    delete(owner, draft)
    forget_deleted()
    assert Product.objects.exists()
    Product.objects.update(deleted_at=clock.now() - UNDO_LASTS - timedelta(seconds=1))
    forget_deleted()
    assert not Product.objects.exists()


def test_what_somebody_has_or_what_stands_in_a_bundle_is_not_deleted(owner: Client) -> None:
    sold = make_product("ebook", title="Sold", status="draft")
    mark_sold(sold.prices.get(), clock.now())
    from products.services.sales import take_hold

    now = clock.now()
    take_hold(sold.prices.get(), option="", quantity=1, order_reference="o", until=now, now=now)
    inside = make_product("ebook", title="Inside", status="draft")
    include(make_product("bundle", title="Bundle"), inside)
    for product in (sold, inside):
        assert delete(owner, product).status_code == 403
        assert Product.objects.kept().filter(pk=product.pk).exists()
