"""What a purchase asks by kept SQL: each query finds what its queryset finds, of one store only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from core import clock
from payments.models import Extra, Order, OtherWay, OutboundCall, PaymentAccount
from payments.services import accounts, ordering, other_ways, outbound, quoting, stripe_provider
from payments.views import checkout
from products.models import Hold, Price, Product
from products.services import sales
from stores.models import Business, Staff, Store
from stores.scope import store_scope
from stores.services import business
from tests.payments.buying import Shop, make_book

WITH_DRAFTS, WITHOUT_DRAFTS = True, False
STATEMENTS = 36
pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def same(found: list[Any], rows: QuerySet[Any]) -> bool:
    """Whether these are the rows of a queryset, with the same values, in its order."""
    return [values_of(each) for each in found] == [values_of(each) for each in rows] != []


def values_of(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.__dict__.items() if not name.startswith("_")}


def fill() -> Product:
    """Give the store in scope one of each."""
    OtherWay.objects.create(kind="bit", name="Bit", instructions="050", position=2)
    OtherWay.objects.create(kind="transfer", name="Bank", instructions="12-345", position=1)
    OtherWay.objects.create(kind="cash", name="Cash", instructions="-", is_active=False)
    Business.objects.create(legal_name="Linen Ltd", kind="company", country="IL")
    accounts.payment_account()
    beside = make_book(title="Wool", slug="wool")
    Extra.objects.create(price=beside.prices.get())
    Extra.objects.create(price=beside.prices.get(), kind=Extra.Kind.UPSELL)
    return beside


def test_every_kept_query_finds_what_its_queryset_finds(shop: Shop, other_store: Store) -> None:
    with store_scope(other_store):
        fill()
    with store_scope(shop.store):
        beside = fill()
    order, price = shop.begin(), shop.price
    with store_scope(shop.store):
        call = OutboundCall.objects.get()
        assert same(accounts.ACCOUNT.rows(), PaymentAccount.objects.all())
        assert same(other_ways.OFFERED.rows(), OtherWay.objects.filter(is_active=True))
        assert same(business.WRITTEN.rows(store=shop.store.pk), Business.objects.all())
        assert same(business.OWNER.rows(), Staff.objects.filter(role="owner"))
        assert same(ordering.OF_PAGE.rows(attempt=order.attempt), Order.objects.all())
        assert same(outbound.CALL.rows(pk=call.pk), OutboundCall.objects.all())
        assert same(stripe_provider.CALLS.rows(order=order.pk), OutboundCall.objects.all())
        assert values_of(stripe_provider.CALLS.rows(order=order.pk)[0].order) == values_of(order)
        assert same(sales.LOCKED.rows(pk=price.pk), Price.objects.filter(pk=price.pk))
        held = sales.TAKEN.rows(price=price.pk, order=order.public_id)
        assert same(held, Hold.objects.all())
        for kind in Extra.Kind.values:
            asked = {"kind": kind, "currency": price.currency}
            found = quoting.EXTRAS.rows(product=price.product_id, **asked)
            wanted = Extra.objects.filter(Q(beside=None) | Q(beside=price.product), kind=kind)
            assert same(found, wanted)
            assert found[0].price.product.pk == beside.pk
            assert quoting.EXTRAS.rows(product=beside.pk, **asked) == []
        assert checkout.PRICE.rows(WITHOUT_DRAFTS, price=price.public_id) == [price]
        Product.objects.filter(pk=price.product_id).update(status="draft")
        assert checkout.PRICE.rows(WITHOUT_DRAFTS, price=price.public_id) == []
        assert checkout.PRICE.rows(WITH_DRAFTS, price=price.public_id) == [price]
        Product.objects.filter(pk=price.product_id).update(status="published")


def test_orders_are_numbered_in_the_store_they_are_of(store: Store, other_store: Store) -> None:
    with store_scope(other_store):
        theirs = accounts.payment_account()
    with store_scope(store):
        ours = accounts.payment_account()
        assert [accounts.next_number(ours) for _each in range(2)] == [1001, 1002]
        with pytest.raises(TypeError):
            accounts.next_number(theirs)
    with store_scope(other_store):
        assert accounts.next_number(theirs) == 1001


def test_a_purchase_asks_no_more_than_it_needs(shop: Shop) -> None:
    shop.begin(email="dana@example.com")
    shop.client.cookies.clear()
    attempt = shop.attempt()
    with CaptureQueriesContext(connection) as seen:
        assert shop.send(attempt=attempt).status_code == 302
    assert len(seen) <= STATEMENTS, [each["sql"][:120] for each in seen]
    with store_scope(shop.store):
        assert Order.objects.filter(placed_at__lte=clock.now()).count() == 2
