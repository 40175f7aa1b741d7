from datetime import timedelta

import pytest

from access.contract import Open, Source, Viewer
from access.errors import BelongsElsewhere
from access.models import Access, AccessEvent, PartGrant, PartKey
from access.services import granting
from access.services.gate import may_open
from access.services.moving import move
from access.services.openings import record_opening
from accounts.models import Customer
from core import clock
from mail.models import Message
from payments.errors import CannotMove
from payments.models import Order, OrderLine
from payments.services.fulfilment import fulfil
from payments.services.moving import came_from, mend_address, move_access, move_order, preview
from products.models import Part, Price, Product
from products.services.bundles import include
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product
from tests.payments.buying import make_book

RIGHT = "charlie.right@example.com"


def make_order(price: Price, email: str = "charlie@example.com", **over) -> Order:
    """A free order that was fulfilled."""
    order = Order.objects.create(
        **{
            "number": Order.objects.count() + 1001,
            "attempt": f"a{Order.objects.count()}",
            "email": email,
            "name": "Charlie",
            "language": "en",
            "currency": "ILS",
            "total": 0,
            "provider": "free",
            "terms_accepted_at": NOW,
        }
        | over
    )
    OrderLine.objects.create(
        order=order, product=price.product, price=price, title=price.product.title, amount=0
    )
    fulfil(order, NOW)
    return order


def opens_for(email: str, book: Product) -> bool:
    part = Part.objects.get(product=book)
    customer = Customer.objects.get(user__email=email)
    return isinstance(may_open(Viewer(customer=customer), [part], clock.now())[part], Open)


def kinds(to: str) -> list[str]:
    return list(Message.objects.filter(to_address=to).order_by("id").values_list("kind", flat=True))


def test_a_mistyped_address_is_mended_with_its_receipt(price: Price, book: Product) -> None:
    order = make_order(price)
    mend_address(order, RIGHT, now=NOW)
    order.refresh_from_db()
    assert (order.email, order.customer.user.email) == (RIGHT, RIGHT)
    assert opens_for(RIGHT, book)
    assert not opens_for("charlie@example.com", book)
    assert kinds(RIGHT) == ["receipt"]
    assert kinds("charlie@example.com") == ["receipt", "moved_away"]


def test_neither_side_learns_the_others_address(price: Price) -> None:
    order = move_order(make_order(price), RIGHT, by="Bob", now=NOW)
    away = Message.objects.get(kind="moved_away")
    assert RIGHT not in str(away.context)
    assert order.email == RIGHT
    assert "charlie@example.com" not in str(Message.objects.filter(to_address=RIGHT).get().context)


def test_links_that_were_mailed_to_the_wrong_address_end(price: Price, book: Product) -> None:
    order = make_order(price)
    assert PartKey.objects.filter(expires_at__gt=NOW).count() == 1
    mend_address(order, RIGHT, now=NOW)
    live = PartKey.objects.filter(expires_at__gt=NOW)
    assert [key.customer.user.email for key in live] == [RIGHT]


def test_what_was_opened_is_not_mended_by_its_buyer(price: Price) -> None:
    order = make_order(price)
    record_opening(Access.objects.get().pk, NOW)
    with pytest.raises(CannotMove):
        mend_address(order, RIGHT, now=NOW)


def test_an_address_is_mended_twice_at_most(price: Price) -> None:
    order = make_order(price)
    for email in (RIGHT, "second@example.com"):
        mend_address(order, email, now=NOW)
    with pytest.raises(CannotMove):
        mend_address(order, "third@example.com", now=NOW)
    mend_address(order, "second@example.com", now=NOW)  # sent twice, done once


def test_an_unpaid_order_does_not_move(price: Price) -> None:
    order = make_order(price)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.REFUNDED)
    for verb in (
        lambda: mend_address(order, RIGHT, now=NOW),
        lambda: move_order(order, RIGHT, by="Bob", now=NOW),
    ):
        with pytest.raises(CannotMove):
            verb()


def test_a_move_takes_along_what_a_bundle_includes_and_says_who_did_it(in_store: Store) -> None:
    bundle, book = make_product("bundle", amount=0), make_book()
    include(bundle, book)
    order = make_order(bundle.prices.get())
    move_order(order, RIGHT, by="Bob", now=NOW, because="asked by phone")
    assert opens_for(RIGHT, book)
    assert {each.customer.user.email for each in Access.objects.all()} == {RIGHT}
    events = AccessEvent.objects.filter(what="moved")
    assert {(each.by, each.because) for each in events} == {("Bob", "asked by phone")}


def test_moving_back_undoes_a_move(price: Price, book: Product) -> None:
    order = make_order(price)
    move_order(order, RIGHT, by="Bob", now=NOW)
    giver = came_from(list(Access.objects.all()))
    assert giver is not None
    move_order(order, giver.user.email, by="Bob", now=NOW)
    assert opens_for("charlie@example.com", book)
    assert not opens_for(RIGHT, book)


def test_a_moved_order_is_refunded_at_its_new_address(price: Price, book: Product) -> None:
    order = move_order(make_order(price), RIGHT, by="Bob", now=NOW)
    granting.revoke(Access.objects.get(), now=NOW, because=f"#{order.number}")
    assert not opens_for(RIGHT, book)


def test_paid_time_and_part_grants_go_along(charlie: Customer, book: Product) -> None:
    source = Source("hand", "7")
    access = granting.grant(charlie, product=book, source=source, starts_at=NOW, now=NOW)
    later = NOW + timedelta(days=30)
    granting.record_paid(access, source="x", starts_at=NOW, ends_at=later, now=NOW)
    granting.grant_part(charlie, Part.objects.get(), source=source, now=NOW)
    move_access(access, RIGHT, by="Bob", now=NOW)
    access.refresh_from_db()
    assert access.paid_spans.count() == 1
    assert PartGrant.objects.get().customer.user.email == RIGHT
    assert (kinds("charlie@example.com"), kinds(RIGHT)) == (["moved_away"], ["moved_here"])


def test_the_same_source_twice_is_refused_before_anything_moves(
    charlie: Customer, book: Product
) -> None:
    eve = Customer.objects.create(user=charlie.user.__class__.objects.create_user("eve@x.com"))
    source = Source("import", "list-1")
    for customer in (charlie, eve):
        granting.grant(customer, product=book, source=source, starts_at=NOW, now=NOW)
    access = Access.objects.get(customer=charlie)
    with pytest.raises(CannotMove):
        move_access(access, "eve@x.com", by="Bob", now=NOW)
    assert Access.objects.filter(customer=charlie).count() == 1
    assert not Message.objects.exists()


def test_nothing_moves_to_another_store(charlie: Customer, book: Product, other_store) -> None:
    access = granting.grant(
        charlie, product=book, source=Source("hand", "1"), starts_at=NOW, now=NOW
    )
    with store_scope(other_store):
        stranger = Customer.objects.create(user=charlie.user)
    with pytest.raises(BelongsElsewhere):
        move([access], stranger, now=NOW)
    with store_scope(other_store), pytest.raises(BelongsElsewhere):
        move([access], stranger, now=NOW)


def test_a_piece_of_a_bundle_does_not_move_alone(in_store: Store, charlie: Customer) -> None:
    bundle, book = make_product("bundle", amount=0), make_book()
    include(bundle, book)
    make_order(bundle.prices.get())
    piece = Access.objects.exclude(parent=None).get()
    with pytest.raises(BelongsElsewhere):
        move([piece], charlie, now=NOW)


def test_the_preview_says_what_the_receiver_has_already(price: Price, charlie: Customer) -> None:
    make_order(price, email=RIGHT)
    order = make_order(price)
    seen = preview(list(Access.objects.filter(customer=order.customer)), order.email, RIGHT)
    assert (seen.is_new_here, seen.was_opened) == (False, False)
    assert seen.also_theirs == [price.product.title]
