"""A year of what is paid again and again: every coin of it on exactly one paper, without gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest
from django.test import Client

from payments.models import Dispute, Document, DocumentDue, Payment, Refund
from payments.services.cancelling.continuing import noticing, stopping
from payments.services.cancelling.noticing import Said
from payments.services.documents.monthly import month_sums, month_table
from payments.services.documents.working import issue_due
from payments.services.refunding import refund
from payments.services.subscriptions.changing import preview, upgrade
from products.models import Price
from sandbox.testing import LiveSandbox
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_price
from tests.payments.buying import Shop
from tests.payments.documents.papers import make_business
from tests.payments.subscriptions.member import Member, make_club

pytestmark = pytest.mark.django_db
MONTHS = 12


@pytest.fixture
def price(in_store: Store) -> Price:
    make_business()
    return make_club()


@pytest.fixture
def member(
    sandbox: LiveSandbox, store: Store, price: Price, browse: Callable[..., Client]
) -> Member:
    return Member(Shop(sandbox, store, price, browse(store)))


@pytest.fixture
def year(member: Member) -> Member:
    """Let a member live through it all, and the sweep issue after each thing."""
    subscription = member.join()
    gold = make_price(member.shop.price.product, kind="subscription", amount=9900, interval="month")
    for month in range(MONTHS):
        papers(member)
        match month:
            case 2:  # one period goes back whole
                give_back(member, None)
            case 4:  # a part of one
                give_back(member, 1000)
            case 5:  # another plan in the middle of a period
                member.later(days=11)
                with member.there():
                    shown = preview(subscription, gold, member.now)
                    upgrade(subscription, gold, now=member.now, at=shown.at)
                member.hear()
                assert member.orders[-1].total == shown.today
            case 7:  # a bank takes one back
                dispute(member, is_won=False)
            case 8:
                dispute(member, is_won=True)
        member.months(1)
        papers(member)
    member.later(days=3)
    with member.there():
        said = Said(language="en")
        noticing.cancel(member.subscription, proof="signed_in", said=said, now=member.now)
    member.later(days=7)
    with member.there():
        stopping.work_due(member.now)
    member.hear()
    papers(member)
    return member


def papers(member: Member) -> None:
    with member.there():
        issue_due(member.now)


def give_back(member: Member, amount: int | None) -> None:
    with member.there():
        refund(member.orders[-1], by="noa", now=member.now, amount=amount)
    member.hear()


def dispute(member: Member, *, is_won: bool) -> None:
    with store_scope(member.shop.store):
        paid = Payment.objects.get(order=member.orders[-1])
    found = member.shop.sandbox.dispute(paid.payment_intent)
    member.hear()
    member.shop.sandbox.decide_dispute(found["id"], won=is_won)
    member.hear()


def test_every_coin_is_on_one_paper_and_the_accountant_has_them_all(year: Member) -> None:
    receipts = Document.objects.filter(source__startswith="paid:")
    payments = Payment.objects.select_related("order")
    assert payments.count() == len(year.orders) == receipts.count() == MONTHS + 2
    for payment in payments:
        (paper,) = receipts.filter(order=payment.order)
        assert (paper.total, paper.currency) == (payment.amount, payment.currency)
        assert paper.net + paper.vat == paper.total

    refunds = Refund.objects.filter(state="succeeded")
    assert {each.amount for each in refunds} >= {5900, 1000}
    for each in refunds:
        (note,) = Document.objects.filter(source=f"refunded:{each.public_id}")
        assert (note.kind, note.total, note.order) == ("credit", each.amount, each.payment.order)
        assert note.about.order == each.payment.order

    lost = Dispute.objects.get(status="lost")
    (note,) = Document.objects.filter(source=f"lost:{lost.public_id}")
    assert (note.kind, note.total) == ("credit", lost.amount)
    won = Dispute.objects.get(status="won")
    assert not Document.objects.filter(order=won.payment.order, kind="credit").exists()

    assert not DocumentDue.objects.waiting().exists()
    notes = Document.objects.filter(kind="credit").count()
    assert notes == refunds.count() + 1
    assert Document.objects.count() == receipts.count() + notes

    numbers: dict[str, list[int]] = defaultdict(list)
    for kind, number in Document.objects.order_by("pk").values_list("kind", "number"):
        numbers[kind].append(number)
    for kind, found in numbers.items():
        assert found == list(range(found[0], found[0] + len(found))), kind

    paid = sum(each.amount for each in payments)
    back = sum(each.amount for each in refunds) + lost.amount
    assert sum(paper.sign * paper.total for paper in Document.objects.all()) == paid - back
    months = {(each.issued_on.year, each.issued_on.month) for each in Document.objects.all()}
    assert sum(row.total for month in months for row in month_sums(*month)) == paid - back
    rows = [row for month in months for row in month_table(*month)[1]]
    assert len(rows) == Document.objects.count()


def test_the_unused_days_of_a_notice_are_one_credit_note(year: Member) -> None:
    last = year.orders[-1]
    (note,) = Document.objects.filter(order=last, kind="credit")
    given = Refund.objects.get(payment__order=last)
    assert 0 < note.total == given.amount < last.total
