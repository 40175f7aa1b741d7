"""A shop that sells places of a club, and a team of five."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from products.models import Price
from sandbox.testing import LiveSandbox
from stores.models import Store
from tests.payments.buying import Shop
from tests.payments.subscriptions.member import Member, make_club

SEATS = {"seats_min": 2, "seats_max": 10}


@pytest.fixture
def price(in_store: Store) -> Price:
    return make_club(**SEATS)


@pytest.fixture
def shop(sandbox: LiveSandbox, store: Store, price: Price, browse: Callable[..., Client]) -> Shop:
    return Shop(sandbox, store, price, browse(store))


@pytest.fixture
def member(shop: Shop) -> Member:
    return Member(shop)
