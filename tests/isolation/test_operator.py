"""The platform's own admin: who gets in, and how much of a store is seen from there."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import AddressChange, User
from core import clock
from payments.models import Difference, OutboundCall, StripeEvent
from stores.models import Staff
from stores.scope import store_scope
from tests.conftest import client_at, make_user
from tests.hostile.conftest import PLATFORM, PLATFORMS, Place, path_of
from tests.isolation.conftest import MARK, Neighbours
from tests.isolation.planting import plant

OPERATORS = [each for each in PLATFORMS if each.name.startswith("operator:")]
READ = {"stores_store", "accounts_user", "accounts_addresschange"} | {
    *("payments_difference", "payments_stripeevent", "payments_outboundcall"),
}
"""The lists an operator reads: whose stores there are, who signs in, and what Stripe said."""
SHOWS_A_WORD = {
    "operator:payments_difference_changelist",
    "operator:payments_difference_change",
    "operator:payments_difference_history",
}
"""Which order is not as Stripe has it: by what the store calls it."""


@dataclass(frozen=True)
class Platform:
    """The platform's host, with a row for each list there."""

    rows: dict[str, int]
    users: dict[str, User | None]

    def path(self, place: Place) -> str:
        name = place.name.removeprefix("operator:")
        row = next((pk for key, pk in self.rows.items() if name.startswith(key)), 1)
        parts = dict.fromkeys(place.address.parameters, row)
        return path_of(place, parts)

    def at(self, who: str) -> Client:
        return client_at(None, self.users[who])


@pytest.fixture
def platform(neighbours: Neighbours) -> Platform:
    danas = deepcopy(neighbours.danas)
    helper = make_user("helper@example.com")
    with store_scope(danas.store):
        Staff.objects.create(user=helper, name="Helper", role="support")
        owner = Staff.objects.get(role="owner").user
        difference = Difference.objects.create(
            kind="order_status",
            subject_type="order",
            subject=danas.order.public_id,
            store=danas.store,
            order_id=danas.order.pk,
            ours="paid",
        )
    change = AddressChange.objects.create(
        user=danas.customer.user,
        store=danas.store,
        old_email=danas.customer.user.email,
        new_email="new@example.com",
        language="en",
        expires_at=clock.now().replace(year=2100),
    )
    rows = {
        "stores_store": danas.store.pk,
        "accounts_user": danas.customer.user.pk,
        "accounts_addresschange": change.pk,
        "payments_difference": difference.pk,
        **{f"payments_{model._meta.model_name}": 1 for model in (StripeEvent, OutboundCall)},
    }
    users = {
        "visitor": None,
        "customer": danas.customer.user,
        "owner": owner,
        "support": helper,
        "operator": User.objects.create_superuser("op@example.com"),
    }
    plant(danas.store, MARK)
    return Platform(rows, users)


def test_an_operator_reads_these_lists_only() -> None:
    lists = {
        each.name.removeprefix("operator:").removesuffix("_changelist")
        for each in OPERATORS
        if each.name.endswith("_changelist")
    }
    assert lists == READ


@pytest.mark.parametrize("who", ["visitor", "customer", "owner", "support"])
def test_nobody_else_learns_anything_there(platform: Platform, who: str) -> None:
    client = platform.at(who)
    for place in OPERATORS:
        path = platform.path(place)
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            if who == "visitor":
                assert answer.status_code == 302, place.name
                assert answer["Location"].startswith("/sign-in/?next=/operator/"), place.name
            else:
                assert answer.status_code == 404, (place.name, method)
            assert MARK not in f"{answer.content!r}{answer.headers}", place.name


@pytest.mark.parametrize("who", ["customer", "owner", "operator"])
def test_there_is_no_such_place_on_a_stores_host(
    platform: Platform, neighbours: Neighbours, who: str
) -> None:
    client = client_at(neighbours.danas.store, platform.users[who])
    for place in OPERATORS:
        assert client.get(platform.path(place)).status_code == 404, place.name


def test_an_operator_sees_that_a_store_is_there_and_nothing_in_it(platform: Platform) -> None:
    client = platform.at("operator")
    seen, opened = set(), 0
    for place in OPERATORS:
        answer: Any = client.get(platform.path(place))
        assert answer.status_code < 500, place.name
        opened += answer.status_code == 200
        body = answer.content.decode()
        # The store's own name and its customers' addresses are what these lists are for.
        body = body.replace(f"Crumb {MARK}", "").replace(f"eve@{MARK}.com", "")
        if MARK in body:
            seen.add(place.name)
    assert opened > len(READ)
    assert seen <= SHOWS_A_WORD


def test_an_operator_is_a_stranger_in_a_stores_admin_and_in_its_shop(
    platform: Platform, neighbours: Neighbours
) -> None:
    danas = neighbours.danas
    client = client_at(danas.store, platform.users["operator"])
    for path in ("/admin/", "/admin/payments/order/"):
        assert client.get(path).status_code == 404, path
    assert client.post("/admin/payments/order/1/refund/", {"sure": "1"}).status_code == 404
    for path in (f"/orders/{danas.order.public_id}/", f"/read/{danas.part.public_id}/"):
        assert client.get(path).status_code in {302, 403, 404}, path


def test_the_platforms_pages_name_only_ones_own_stores(platform: Platform) -> None:
    for who in ("visitor", "customer", "operator"):
        client = platform.at(who)
        for place in PLATFORMS:
            if place.urlconf == PLATFORM and not place.address.parameters:
                if place.name.startswith("operator:") or place.name.endswith("sign-out"):
                    continue
                body = client.get(path_of(place, {})).content.decode()
                assert f"Crumb {MARK}" not in body, (who, place.name)
