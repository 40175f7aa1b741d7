"""The page that pays without signing in, the banner, and why something is closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from access.contract import unpaid_of
from access.models import Access
from accounts.models import User
from core import clock
from payments.models import Bill, Subscription
from products.models import Part
from sandbox.testing import CARD
from tests.payments.subscriptions.member import Member
from tests.payments.subscriptions.test_unpaid import days, refuse, sweep

pytestmark = pytest.mark.django_db
FIX = "Fix it, one minute, no sign-in"


@pytest.fixture
def stranger(member: Member, browse: Callable[..., Client]) -> Client:
    return browse(member.shop.store)


@pytest.fixture
def part(member: Member) -> Part:
    product = member.shop.price.product
    return Part.objects.create(
        product=product, kind="epub", title="Seams", published_at=clock.now()
    )


def reader(member: Member, browse: Callable[..., Client]) -> Client:
    """The browser of who pays every month, signed in."""
    return browse(member.shop.store, User.objects.get(email="charlie@example.com"))


def page(member: Member, client: Client, url: str) -> str:
    with clock.standing_at(member.now):
        return str(client.get(url).content.decode())


def test_whoever_has_the_link_pays_signed_out_and_hears_it_at_once(
    member: Member, stranger: Client
) -> None:
    bill = refuse(member)
    there = f"/fix/{bill.fix_key}/"
    asks = page(member, stranger, there)
    assert "₪59" in asks
    assert "Everything stays open until" in asks
    assert bill.pay_url.replace("&", "&amp;") in asks
    assert "charlie" not in asks.lower()
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    assert "Everything is open again" in page(member, stranger, there)
    assert member.subscription.unpaid_since is None
    assert "Everything is open again" in page(member, stranger, there)
    member.hear()


def test_on_hold_it_says_so_and_opens_at_once_when_paid(member: Member, stranger: Client) -> None:
    bill = refuse(member)
    days(member, 9)
    there = f"/fix/{bill.fix_key}/"
    assert "It is on hold" in page(member, stranger, there)
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    assert "Everything is open again" in page(member, stranger, there)
    assert member.access.is_live(member.now)
    member.hear()


def test_what_has_ended_owes_nothing(member: Member, stranger: Client) -> None:
    bill = refuse(member, after="canceled")
    days(member, 20)
    said = page(member, stranger, f"/fix/{bill.fix_key}/")
    assert "Nothing is owed" in said
    assert bill.pay_url.replace("&", "&amp;") not in said


def test_a_guess_is_no_link(member: Member, stranger: Client) -> None:
    refuse(member)
    assert stranger.get(f"/fix/{'x' * 43}/").status_code == 404


def test_the_shelf_says_what_is_not_paid(
    member: Member, browse: Callable[..., Client], part: Part
) -> None:
    bill = refuse(member)
    client = reader(member, browse)
    shelf = page(member, client, "/shelf/")
    assert FIX in shelf
    assert f"/fix/{bill.fix_key}/" in shelf
    days(member, 8)
    shelf = page(member, client, "/shelf/")
    assert "On hold:" in shelf
    assert "Pay ₪59" in shelf
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    member.hear()
    assert f"/fix/{bill.fix_key}/" not in page(member, client, "/shelf/")


def test_whoever_paid_is_asked_nothing(
    member: Member,
    browse: Callable[..., Client],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    member.join()
    with member.there():
        accesses = list(Access.objects.all())
        with django_assert_max_num_queries(0):  # type: ignore[attr-defined]  # a context manager
            assert unpaid_of(accesses, clock.now()) == []
    Subscription.objects.update(unpaid_since=None)


@pytest.mark.parametrize("is_swept", [False, True])
def test_the_door_says_what_opens_it(
    member: Member, browse: Callable[..., Client], part: Part, *, is_swept: bool
) -> None:
    bill = refuse(member)
    client = reader(member, browse)
    member.later(days=8)
    if is_swept:
        sweep(member)
    for there in (f"/read/{part.public_id}/", f"/why/{part.public_id}/"):
        said = page(member, client, there)
        assert f"On hold: {bill.starts_at:%B} isn&#x27;t paid." in said
        assert "Pay ₪59" in said
        assert f"/fix/{bill.fix_key}/" in said


def test_a_link_is_made_for_a_refused_charge_alone(member: Member) -> None:
    member.join()
    member.months(1)
    assert set(Bill.objects.values_list("fix_key", flat=True)) == {""}
