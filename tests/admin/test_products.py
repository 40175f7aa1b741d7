from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from products.models import Price, Product
from products.services.sales import mark_sold, sell_holds, take_hold
from stores.models import LogEntry, Store
from tests.admin.conftest import make_book
from tests.conftest import make_product

LIST = "/admin/products/product/"


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def form_of(product: Product, side: str = "change") -> str:
    return f"/admin/ebooks/ebook/{product.pk}/{side}/"


def prices(*rows: dict[str, Any], known: int = 0) -> dict[str, Any]:
    posted: dict[str, Any] = {
        "prices-TOTAL_FORMS": str(len(rows)),
        "prices-INITIAL_FORMS": str(known),
    }
    for number, row in enumerate(rows):
        posted |= {f"prices-{number}-{name}": value for name, value in row.items()}
    return posted


def new_price(amount: str, **over: Any) -> dict[str, Any]:
    return {"kind": "one_time", "amount_text": amount, "label": "", "is_active": "on"} | over


def sell(price: Price) -> None:
    now = clock.now()
    take_hold(price, option="", quantity=1, order_reference="o", until=now, now=now)
    sell_holds("o", now)
    mark_sold(price, now)


def test_the_list_says_name_state_price_sold_and_what_comes_next(owner: Client) -> None:
    sold = make_book(title="Sold book")
    sell(sold.prices.get())
    make_product("ebook", title="Empty draft", status="draft")

    rows = {row.name: row for row in owner.get(LIST).context["rows"]}

    assert str(rows["Sold book"].number) == "1 sold"
    assert rows["Sold book"].number_url.endswith(f"?product__id__exact={sold.pk}")
    assert "₪49" in rows["Sold book"].detail
    assert rows["Empty draft"].next_step == "Add the book itself, as EPUB or PDF."


def test_a_row_opens_the_form_of_its_format(owner: Client) -> None:
    product = make_product("ebook")

    assert owner.get(LIST).context["rows"][0].url == form_of(product)
    assert owner.get(f"{LIST}{product.pk}/change/")["Location"] == form_of(product)


def test_the_list_costs_the_same_whatever_its_length(owner: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            owner.get(LIST)
        return len(found)

    make_product("ebook", title="A", status="draft")
    make_book(title="B")
    queries()  # the first page of an hour notes the browser
    before = queries()
    for number in range(6):
        make_product("ebook", title=f"Draft {number}", status="draft")
        make_book(title=f"Book {number}")

    assert queries() == before


def test_an_empty_list_says_what_it_is_for_and_offers_one_button(owner: Client) -> None:
    body = owner.get(LIST).content.decode()

    assert "What you sell stands here" in body
    assert "New product" in body


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("49", 4900), ("49.90", 4990), ("1,299.90", 129990), ("₪49", 4900), (" 2.5 ", 250)],
)
def test_a_price_is_typed_as_people_write_it(owner: Client, typed: str, minor: int) -> None:
    owner.post("/admin/ebooks/ebook/add/", {"title": "T"} | prices(new_price(typed)))

    price = Price.objects.get()
    assert (price.amount, price.currency, price.kind) == (minor, "ILS", "one_time")


@pytest.mark.parametrize("typed", ["", "0", "abc", "-5", "49.999", "10000000", "1e309", "NaN"])
def test_a_price_that_is_none_is_a_sentence_and_saves_nothing(owner: Client, typed: str) -> None:
    response = owner.post("/admin/ebooks/ebook/add/", {"title": "T"} | prices(new_price(typed)))

    assert response.status_code == 200
    assert "Not saved yet" in response.content.decode()
    assert not Product.objects.exists()


def test_a_free_price_is_zero_whatever_was_typed(owner: Client) -> None:
    owner.post("/admin/ebooks/ebook/add/", {"title": "T"} | prices(new_price("30", kind="free")))

    assert Price.objects.get().amount == 0


def test_only_kinds_that_can_be_sold_are_offered(owner: Client) -> None:
    posted = {"title": "T"} | prices(new_price("30", kind="subscription"))

    assert owner.post("/admin/ebooks/ebook/add/", posted).status_code == 200
    assert not Price.objects.exists()


def test_a_sold_price_keeps_its_amount_whatever_is_posted(owner: Client) -> None:
    product = make_book()
    price = product.prices.get()
    sell(price)
    row = new_price("1", id=str(price.pk), product=str(product.pk), kind="free", label="New name")

    assert "so its amount stays" in owner.get(form_of(product, "prices")).content.decode()
    owner.post(form_of(product), {"title": "T"} | prices(row, known=1))

    price.refresh_from_db()
    assert (price.amount, price.kind, price.label) == (4900, "one_time", "New name")


def test_a_sold_price_is_never_taken_away(owner: Client) -> None:
    product = make_book()
    price = product.prices.get()
    sell(price)
    row = new_price("49", id=str(price.pk), product=str(product.pk), DELETE="on")

    owner.post(form_of(product), {"title": "T"} | prices(row, known=1))

    assert Price.objects.filter(pk=price.pk).exists()


def test_a_price_nobody_bought_at_may_go(owner: Client) -> None:
    product = make_book()
    price = product.prices.get()
    row = new_price("49", id=str(price.pk), product=str(product.pk), DELETE="on")

    owner.post(form_of(product), {"title": "T"} | prices(row, known=1))

    assert not Price.objects.exists()


def test_another_products_price_cannot_be_changed_through_this_form(owner: Client) -> None:
    mine, other = make_book(title="Mine"), make_book(title="Other")
    price = other.prices.get()
    row = new_price("1", id=str(price.pk), product=str(mine.pk))

    owner.post(form_of(mine), {"title": "T"} | prices(row, known=1))

    price.refresh_from_db()
    assert (price.amount, price.product_id) == (4900, other.pk)


def act(client: Client, product: Product, key: str, *, post: bool = True) -> Any:
    url = f"/admin/ebooks/ebook/{product.pk}/{key}/"
    return client.post(url) if post else client.get(url)


def status(product: Product) -> str:
    return Product.objects.get(pk=product.pk).status


def test_putting_on_sale_says_what_will_happen_and_happens_on_post(owner: Client) -> None:
    draft = make_book(status="draft")

    page = act(owner, draft, "publish", post=False).content.decode()
    assert "anybody can buy it" in page
    assert "₪49" in page
    assert status(draft) == "draft"
    act(owner, draft, "publish")

    assert status(draft) == "published"
    assert LogEntry.objects.filter(what="publish").exists()


def test_what_stands_in_the_way_is_said_and_nothing_opens(owner: Client) -> None:
    draft = make_product("ebook", status="draft", amount=None)

    page = act(owner, draft, "publish")

    assert page.status_code == 409
    assert "Add the book itself" in page.content.decode()
    assert "It has no price yet" in page.content.decode()
    assert status(draft) == "draft"


@pytest.mark.parametrize(
    ("key", "after"),
    [("hide", "hidden"), ("close", "closed"), ("retire", "retired")],
)
def test_a_product_leaves_the_shop_by_an_act_of_its_own(
    owner: Client, key: str, after: str
) -> None:
    product = make_book()

    act(owner, product, key)

    assert status(product) == after


def test_what_was_sold_is_retired_and_never_deleted(owner: Client) -> None:
    product = make_book()
    sell(product.prices.get())

    assert "that person keeps it" in act(owner, product, "retire", post=False).content.decode()
    assert owner.post(f"/admin/ebooks/ebook/{product.pk}/delete/").status_code == 403
    assert Product.objects.filter(pk=product.pk).exists()


def test_an_address_that_is_taken_is_a_sentence(owner: Client) -> None:
    make_product("ebook", slug="taken")

    response = owner.post("/admin/ebooks/ebook/add/", {"title": "T", "slug": "taken"} | prices())

    assert "Another product already has this address." in response.content.decode()


def test_a_title_without_letters_still_has_an_address(owner: Client) -> None:
    owner.post("/admin/ebooks/ebook/add/", {"title": "🧵🧵"} | prices())

    assert Product.objects.get().slug


def test_saving_makes_kept_pages_of_the_shop_stale(owner: Client, in_store: Store) -> None:
    product = make_book()
    before = Store.objects.get(pk=in_store.pk).version

    owner.post(form_of(product), {"title": "Other"} | prices())

    assert Store.objects.get(pk=in_store.pk).version > before
