"""Where a store's money goes, and who its customers are."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Customer, User
from core import clock
from payments.models import PaymentAccount, StripeCustomer
from payments.services.accounts import customer_at, next_number, payment_account, why_not_charging
from stores.models import Store
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


def test_a_store_begins_with_the_platforms_account(in_store: Store) -> None:
    account = payment_account()
    assert (account.kind, account.stripe_account) == ("platform", "")
    assert why_not_charging(account) == ""
    assert payment_account() == account


def test_orders_are_counted_from_1001_in_each_store(in_store: Store) -> None:
    account = payment_account()
    assert [next_number(account) for _each in range(3)] == [1001, 1002, 1003]


def test_a_direct_account_without_an_id_cannot_be(in_store: Store) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAccount.objects.create(kind="direct")


def test_an_address_is_one_customer_whatever_its_case(in_store: Store) -> None:
    one = customer_at("Erin@Example.com", "Erin", "en")
    assert customer_at("erin@example.com", "", "he") == one
    assert User.objects.get(email="erin@example.com").confirmed_at is None


def test_what_a_stranger_types_renames_nobody_who_confirmed_the_address(
    charlie: Customer, in_store: Store
) -> None:
    User.objects.update(confirmed_at=clock.now())
    Customer.objects.update(name="")
    assert customer_at("charlie@example.com", "Mallory", "en").name == ""


def test_the_customer_as_stripe_knows_them_is_kept(shop: Shop) -> None:
    order = shop.buy()
    kept = StripeCustomer.objects.get()
    assert kept.customer == order.customer
    assert kept.stripe_id.startswith("cus_")
