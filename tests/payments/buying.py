"""Buying as a person does it: our page, the payment page, back again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.test import Client

from content.models import Asset
from core import clock
from payments.contract import EventFacts
from payments.models import Order
from payments.services import inbox
from payments.services.stripe_api import event_facts
from products.models import Part, Price, Product
from sandbox.testing import CARD, LiveSandbox
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_product

TOKEN = "a-token-that-is-long-enough"
DECLINED = "4000000000000002"
NEEDS_BANK = "4000002500003155"
ATTEMPT = re.compile(r'name="attempt" value="(\w+)"')


def make_book(**over: Any) -> Product:
    """Return a published ebook with one part and its file."""
    product = make_product("ebook", **over)
    part = Part.objects.create(
        product=product, kind="epub", title=product.title, published_at=clock.now()
    )
    name = f"{part.public_id}.epub"
    Asset.objects.create(
        part=part, kind="epub", name=name, original_name=name, media_type="x", size=1, sha256="0"
    )
    return product


@dataclass
class Shop:
    """A store, its book's price, the sandbox and one browser."""

    sandbox: LiveSandbox
    store: Store
    price: Price
    client: Client

    @property
    def url(self) -> str:
        return f"/buy/{self.price.public_id}/"

    def attempt(self, client: Client | None = None) -> str:
        """Open the checkout page and return its attempt."""
        response = (client or self.client).get(self.url)
        found = ATTEMPT.search(response.content.decode())
        assert found, response.content.decode()
        return found.group(1)

    def send(self, client: Client | None = None, **over: Any) -> Any:
        """Send the checkout page."""
        client = client or self.client
        typed = {"email": "charlie@example.com", "name": "Charlie", "terms": "on"}
        if "attempt" not in over:
            typed["attempt"] = self.attempt(client)
        return client.post(self.url, typed | over)

    def order(self) -> Order:
        """Return the newest order."""
        with store_scope(self.store):
            return Order.objects.latest("id")

    def begin(self, **over: Any) -> Order:
        """Send the checkout page and return the order, waiting on the payment page."""
        response = self.send(**over)
        assert response.status_code in {302, 303}, response.content.decode()
        return self.order()

    def pay(self, order: Order, card: str = CARD) -> dict[str, Any]:
        """Pay on the payment page."""
        assert order.stripe_session_id
        return self.sandbox.pay(order.stripe_session_id, card)

    def return_page(self, order: Order, client: Client | None = None) -> Any:
        """Come back from the payment page."""
        return (client or self.client).get(
            f"/orders/{order.public_id}/return/?session_id={order.stripe_session_id}"
        )

    def buy(self, **over: Any) -> Order:
        """Buy from beginning to end."""
        order = self.begin(**over)
        self.pay(order)
        assert self.return_page(order).status_code == 200
        return self.order()

    def hints(self, *kinds: str) -> list[EventFacts]:
        """Return the sandbox's events as hints."""
        return [event_facts(event) for event in self.sandbox.events(*kinds)]

    def hear(self, *kinds: str) -> None:
        """Take in the sandbox's events and work on them."""
        inbox.take_in(self.hints(*kinds), clock.now())
        inbox.work(clock.now())
