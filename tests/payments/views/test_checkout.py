"""The checkout page: who may buy what, hostile input, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.models import Access
from accounts.models import Customer
from mail.models import Message
from payments.models import Order, OtherWay, PaymentAccount
from products.models import Price, Product
from products.services.bundles import include
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_price, make_product
from tests.payments.buying import ATTEMPT, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(store: Store, price: Price, browse: Callable[..., Client]) -> Client:
    return browse(store)


def buy_url(price: Price) -> str:
    return f"/buy/{price.public_id}/"


def typed(client: Client, price: Price, **over: Any) -> dict[str, Any]:
    page = client.get(buy_url(price)).content.decode()
    found = ATTEMPT.search(page)
    assert found
    fields = {"email": "charlie@example.com", "name": "Charlie", "terms": "on"}
    return fields | {"attempt": found.group(1)} | over


def test_the_page_says_what_one_gets_when_and_for_how_much(client: Client, price: Price) -> None:
    page = client.get(buy_url(price)).content.decode()
    for words in ("The First Stitch", "₪49", "Opens at once", "Yours for good", "terms"):
        assert words in page


def test_where_cards_are_the_only_way_the_button_pays(client: Client, price: Price) -> None:
    page = " ".join(client.get(buy_url(price)).content.decode().split())
    assert "Pay ₪49" in page
    assert "How to pay is said on the next page" not in page


def test_what_comes_with_it_is_said(client: Client, price: Price, in_store: Store) -> None:
    include(price.product, make_product("toy", title="A thimble"))
    assert "A thimble" in client.get(buy_url(price)).content.decode()


def test_opening_it_begins_no_session(client: Client, price: Price) -> None:
    client.get(buy_url(price))
    assert "sessionid" not in client.cookies


def test_the_form_may_lead_out_to_the_payment_page_only(
    client: Client, price: Price, settings: Any
) -> None:
    settings.STRIPE_API_BASE = ""
    policy = client.get(buy_url(price))["Content-Security-Policy"]
    assert "form-action 'self' https://checkout.stripe.com" in policy


def test_sending_it_needs_the_token(store: Store, price: Price, browse: Any) -> None:
    strict = browse(store, enforce_csrf_checks=True)
    assert strict.post(buy_url(price), {"email": "a@example.com"}).status_code == 403


@pytest.mark.parametrize("missing", ["email", "name", "terms", "attempt"])
def test_nothing_is_ordered_while_something_is_missing(
    client: Client, price: Price, missing: str
) -> None:
    fields = typed(client, price)
    fields.pop(missing)
    response = client.post(buy_url(price), fields)
    assert response.status_code == 422
    assert not Order.objects.exists()


HOSTILE = [
    "\0",
    "a\0b",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% now 'Y' %}",
    "=HYPERLINK(1)",
    "\u202eevil\u202c",
    "x" * 100_000,
    "א" * 121,
    "' OR 1=1 --",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "\r\nBcc: everyone@example.com",
    "1e999999",
    "\x1b[31m",
    "",
    "   ",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["email", "name", "terms", "attempt", "again"])
def test_hostile_text_gives_a_sentence_or_harmless_rows(shop: Shop, field: str, text: str) -> None:
    response = shop.send(**{field: text, "attempt": text if field == "attempt" else "x7"})
    assert response.status_code in {302, 422}
    page = response.content.decode()
    assert "<script>alert" not in page
    order = Order.objects.first()
    if order is not None:
        assert not set(order.name) & set("\0\u202e\x1b\r\n")


@pytest.mark.parametrize(
    "path",
    ["/buy/x/", "/buy/" + "x" * 3000 + "/", "/buy/%00/", "/buy/%FF/", "/orders/%00/", "/orders/x/"],
)
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_invalid_bytes_are_no_server_error(client: Client, price: Price) -> None:
    body = b"email=%FF%FE&name=%ED%A0%80&terms=on&attempt=%00"
    response = client.post(buy_url(price), body, "application/x-www-form-urlencoded")
    assert response.status_code == 422


def test_an_amount_that_is_sent_along_is_not_read(shop: Shop) -> None:
    order = shop.begin(amount="1", total="1", price="1", currency="USD")
    assert (order.total, order.currency) == (4900, "ILS")


@pytest.mark.parametrize(
    ("status", "code"), [("draft", 404), ("closed", 409), ("coming_soon", 409), ("retired", 409)]
)
def test_what_is_not_on_sale_says_so_and_a_draft_does_not_exist(
    client: Client, price: Price, status: str, code: int
) -> None:
    Product.objects.update(status=status)
    assert client.get(buy_url(price)).status_code == code
    assert client.post(buy_url(price), {}).status_code == code


def test_a_price_that_is_no_longer_offered_says_so(client: Client, price: Price) -> None:
    Price.objects.update(is_active=False)
    assert client.get(buy_url(price)).status_code == 409


def test_a_store_that_cannot_charge_says_why_and_gives_what_is_free(
    client: Client, book: Product, price: Price
) -> None:
    PaymentAccount.objects.create(charges_enabled=False)
    response = client.get(buy_url(price))
    assert response.status_code == 409
    assert "still being set up" in response.content.decode()
    free = make_price(book, amount=0)
    assert client.post(buy_url(free), typed(client, free)).status_code == 302


def test_a_platform_without_a_key_says_why(client: Client, price: Price, settings: Any) -> None:
    settings.STRIPE_API_KEY = ""
    assert "card payments" in client.get(buy_url(price)).content.decode()


def test_what_is_free_asks_name_and_address_and_opens_without_stripe(
    client: Client, book: Product
) -> None:
    free = make_price(book, amount=0)
    sent = client.post(buy_url(free), typed(client, free))
    order = Order.objects.get()
    assert (order.status, order.provider, order.total) == ("paid", "free", 0)
    assert "Read now" in client.get(sent.url).content.decode()
    assert Access.objects.get().source_id == str(order.lines.get().pk)
    assert list(Message.objects.values_list("kind", flat=True)) == ["receipt"]


def test_many_orders_from_one_place_are_too_many(client: Client, book: Product) -> None:
    free = make_price(book, amount=0)
    codes = []
    for number in range(9):
        fields = typed(client, free, attempt=f"attempt{number}", again="on")
        codes.append(client.post(buy_url(free), fields).status_code)
    assert codes[:8] == [302] * 8
    assert codes[8] == 429


def test_who_is_signed_in_finds_address_and_name_filled_in(
    store: Store, price: Price, charlie: Customer, browse: Any
) -> None:
    page = browse(store, charlie.user).get(buy_url(price)).content.decode()
    assert 'value="charlie@example.com"' in page
    assert 'value="Charlie"' in page


def test_the_page_speaks_the_stores_other_language(
    store: Store, price: Price, client: Client
) -> None:
    Store.objects.filter(pk=store.pk).update(languages=["en", "he"])
    page = client.get(f"/he{buy_url(price)}").content.decode()
    assert 'dir="rtl"' in page
    assert f'action="/he{buy_url(price)}"' in page


def test_the_first_look_says_how_it_is_paid(shop: Shop, settings: Any) -> None:
    page = shop.client.get(shop.url).content.decode()
    assert "Pay ₪49" in page.replace("\n", "")
    assert "How to pay is said on the next page" not in page
    with store_scope(shop.store):
        OtherWay.objects.create(kind="bit", name="Bit", instructions="050")
    settings.STRIPE_API_KEY = ""
    assert "How to pay is said on the next page" in shop.client.get(shop.url).content.decode()
