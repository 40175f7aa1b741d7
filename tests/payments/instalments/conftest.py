"""A shop that sells something for 400.00 in four monthly charges."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from products.models import Price
from sandbox.testing import LiveSandbox
from stores.models import Store
from tests.payments.buying import Shop
from tests.payments.instalments.payer import Payer, make_spread


@pytest.fixture
def price(in_store: Store) -> Price:
    return make_spread()


@pytest.fixture
def shop(sandbox: LiveSandbox, store: Store, price: Price, browse: Callable[..., Client]) -> Shop:
    return Shop(sandbox, store, price, browse(store))


@pytest.fixture
def payer(shop: Shop) -> Payer:
    return Payer(shop)
