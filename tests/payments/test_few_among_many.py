"""What is asked all the time finds its few rows by an index, of however many."""

from __future__ import annotations

from typing import Any

import pytest

from access.models import Access
from accounts.models import Customer
from payments.models import Bill, IncomeStep, Order, Payment, Refund
from payments.services.income import sets
from products.models import Price, Product
from stores.models import Store
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ASKED = {
    "payments_order_review": Order.objects.in_review,
    "payments_order_owned_before": lambda: Order.objects.sales().filter(
        owned_before=True, status=Order.Status.PAID
    ),
    "payments_order_tests": lambda: Order.objects.filter(is_test=True).order_by("-id"),
    "payments_bill_failed": lambda: Bill.objects.filter(failed_at__isnull=False).order_by(),
    "access_by_source": lambda: Access.objects.from_source("subscription", "1"),
    "access_by_parent": lambda: Access.objects.filter(parent=1),
    "accounts_customer_erased": lambda: Customer.objects.filter(erased_at__isnull=False),
    "payments_payment_by_card": lambda: Payment.objects.filter(card_last4="4242"),
    "payments_refund_asks": lambda: Refund.objects.filter(asks_line=True),
    "products_price_for_owners": lambda: Price.objects.filter(for_owners_of__in=[1]).order_by(),
    "products_of_a_category": lambda: Product.objects.filter(
        category__in=[1], status=Product.Status.PUBLISHED
    ).order_by(),
}


@pytest.mark.parametrize("index", ASKED)
def test_few_among_many_are_found_by_their_index(in_store: Store, index: str) -> None:
    rows: Any = ASKED[index]()
    assert f"USING INDEX {index} " in rows.explain() + " "


def test_what_each_member_brought_is_read_from_their_own_payments(in_store: Store) -> None:
    plan = sets.worth(IncomeStep.objects.all(), NOW).explain()
    assert "payments_order_later" in plan
    for whole in ("payments_order_sales", "payments_refund_by_day", "payments_dispute_store_id"):
        assert whole not in plan
