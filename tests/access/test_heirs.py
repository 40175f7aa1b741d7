"""A product in the place of another: visitors are sent there, buyers get what was chosen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.models import Access, SourceKind
from access.services import heirs
from access.services.granting import grant, restore, revoke
from accounts.models import Customer
from accounts.services.consents import give_consent
from core import clock
from mail.models import Message
from products.errors import CannotReplace
from products.models import Price, Product, Replacement
from products.services.catalogue import publish, set_status
from products.services.drafts import UNDO_LASTS
from products.services.replacing import last_heir, replace, take_back
from stores.errors import StoresDiffer
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_user

DUE = NOW + UNDO_LASTS
SOON = timedelta(minutes=1)


@pytest.fixture
def old(in_store: Store) -> Product:
    return make_product(title="The First Stitch")


@pytest.fixture
def heir(in_store: Store) -> Product:
    return make_product(title="The Better Stitch", amount=9900)


def give(customer: Customer, product: Product, kind: str = "order_line", **over: Any) -> Access:
    moments = {"starts_at": NOW - timedelta(days=1), "now": NOW - timedelta(days=1)} | over
    return grant(customer, product=product, source=Source(kind, "1"), **moments)


def work(now: Any = DUE) -> None:
    while heirs.work(now, batches=5):
        pass


def theirs(customer: Customer, product: Product) -> Access | None:
    found: Access | None = Access.objects.filter(customer=customer, product=product.pk).first()
    return found


def told(kind: str = "replaced_free") -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("to_address", flat=True))


def test_free_it_is_given_once_to_all_who_have_the_one_before(
    old: Product, heir: Product, charlie: Any
) -> None:
    parent = give(charlie, old)
    replace(old, heir, owners="free", now=NOW)

    work(DUE - SOON)
    assert theirs(charlie, heir) is None
    work()
    work()

    child = theirs(charlie, heir)
    assert child is not None
    assert (child.parent, child.source_kind) == (parent, SourceKind.REPLACEMENT)
    assert told() == ["charlie@example.com"]
    assert Access.objects.filter(product=heir.pk).count() == 1


def test_a_refund_of_the_one_before_takes_it_back_and_its_undoing_gives_it_again(
    old: Product, heir: Product, charlie: Any
) -> None:
    parent = give(charlie, old)
    replace(old, heir, owners="free", now=NOW)
    work()

    revoke(parent, now=DUE)
    assert theirs(charlie, heir).revoked_at == DUE
    restore(parent, now=DUE + SOON)
    assert theirs(charlie, heir).revoked_at is None


def test_who_was_refunded_gets_nothing_and_who_has_it_hears_nothing(
    old: Product, heir: Product, charlie: Any
) -> None:
    erin = Customer.objects.create(user=make_user("erin@example.com"), name="Erin")
    revoke(give(charlie, old), now=NOW)
    give(erin, old)
    give(erin, heir)
    replace(old, heir, owners="free", now=NOW)

    work()

    assert theirs(charlie, heir) is None
    assert told() == []


def test_a_gift_opened_later_brings_the_new_one_too(
    old: Product, heir: Product, charlie: Any
) -> None:
    replace(old, heir, owners="free", now=NOW)
    old.refresh_from_db()

    give(charlie, old, "gift", starts_at=DUE + SOON, now=DUE + SOON)

    assert theirs(charlie, heir) is not None


def test_what_an_heir_includes_is_given_with_it(old: Product, heir: Product, charlie: Any) -> None:
    from products.services.bundles import include

    inside = make_product(title="Patterns")
    include(heir, inside)
    give(charlie, old)
    replace(old, heir, owners="free", now=NOW)

    work()

    assert theirs(charlie, inside) is not None


def test_nothing_gives_nothing_and_tells_nobody(old: Product, heir: Product, charlie: Any) -> None:
    give(charlie, old)
    row = replace(old, heir, now=NOW)

    work()

    assert row.due_at is None
    assert theirs(charlie, heir) is None
    assert not Message.objects.filter(kind__startswith="replaced").exists()


def test_at_a_price_it_is_for_owners_alone_and_told_once_to_who_said_yes(
    old: Product, heir: Product, charlie: Any
) -> None:
    erin = Customer.objects.create(user=make_user("erin@example.com"), name="Erin")
    give_consent(charlie, source="checkout", language="en", now=NOW)
    give(charlie, old)
    give(erin, old)
    row = replace(old, heir, owners="price", amount=1900, tells=True, now=NOW)

    work()
    work()

    price = Price.objects.get(pk=row.price_id)
    assert (price.amount, price.for_owners_of_id, price.product_id) == (1900, old.pk, heir.pk)
    assert price.doors_open_at == DUE
    assert told("replaced_price") == ["charlie@example.com"]
    assert theirs(charlie, heir) is None


def test_unless_it_is_wished_nobody_is_told_of_a_price(
    old: Product, heir: Product, charlie: Any
) -> None:
    give_consent(charlie, source="checkout", language="en", now=NOW)
    give(charlie, old)

    assert replace(old, heir, owners="price", amount=1900, now=NOW).due_at is None


def test_taken_back_in_time_everything_is_as_it_was(
    old: Product, heir: Product, charlie: Any
) -> None:
    give(charlie, old)
    replace(old, heir, owners="price", amount=1900, tells=True, now=NOW)

    take_back(old, DUE - SOON)
    work()

    old.refresh_from_db()
    assert (old.status, old.replaced_by_id) == ("published", None)
    assert not Price.objects.filter(for_owners_of=old.pk).exists()
    assert not Replacement.objects.exists()
    assert told("replaced_price") == []


def test_later_it_cannot_be_taken_back(old: Product, heir: Product) -> None:
    replace(old, heir, now=NOW)

    with pytest.raises(CannotReplace):
        take_back(old, DUE)


def test_two_cannot_take_each_others_place_nor_one_its_own(old: Product, heir: Product) -> None:
    third = make_product(title="Third")
    replace(old, heir, now=NOW)
    Product.objects.filter(pk=old.pk).update(status="published")
    replace(heir, third, now=NOW)
    Product.objects.filter(pk=heir.pk).update(status="published")
    old.refresh_from_db()
    third.refresh_from_db()

    for one, other in ((third, old), (old, old)):
        with pytest.raises(CannotReplace):
            replace(one, other, now=NOW)


@pytest.mark.postgres
def test_the_database_refuses_what_takes_its_own_place(old: Product) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Replacement.objects.create(
            product=old, heir=old, was_status="published", starts_at=NOW, made_at=NOW
        )


def test_only_what_is_on_sale_in_the_same_store_takes_a_place(
    old: Product, other_store: Store
) -> None:
    with store_scope(other_store):
        stranger = make_product(title="Stranger")
    with pytest.raises(StoresDiffer):
        replace(old, stranger, now=NOW)
    with pytest.raises(CannotReplace):
        replace(old, make_product(title="A draft", status="draft"), now=NOW)


def test_a_price_too_small_to_be_charged_is_refused(old: Product, heir: Product) -> None:
    with pytest.raises(CannotReplace):
        replace(old, heir, owners="price", amount=0, now=NOW)


def test_visitors_are_sent_to_the_end_of_the_line(
    old: Product, heir: Product, store: Store, browse: Any
) -> None:
    last = make_product(title="The Last Stitch")
    replace(old, heir, now=NOW)
    replace(heir, last, now=NOW)
    old.refresh_from_db()

    assert last_heir(old).pk == last.pk
    response = browse(store).get("/p/the-first-stitch/")
    assert response.headers["Location"] == "/p/the-last-stitch/"


def test_sold_again_nothing_takes_its_place(old: Product, heir: Product, monkeypatch: Any) -> None:
    replace(old, heir, now=NOW)
    monkeypatch.setattr("products.services.catalogue.blockers", lambda *args: [])

    publish(old, DUE)

    old.refresh_from_db()
    assert (old.replaced_by, old.status) == (None, "published")
    set_status(old, "closed")


@pytest.mark.postgres
def test_a_worker_killed_in_the_middle_gives_nobody_twice(
    old: Product, heir: Product, monkeypatch: Any
) -> None:
    for number in range(5):
        user = make_user(f"reader{number}@example.com")
        give(Customer.objects.create(user=user, name="R"), old)
    monkeypatch.setattr(heirs, "BATCH", 2)
    row = replace(old, heir, owners="free", now=NOW)
    assert heirs.work_batch(row.pk, DUE)

    def die(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(Replacement, "save", die)
        with pytest.raises(KeyboardInterrupt):
            heirs.work_batch(row.pk, DUE)
    assert Access.objects.filter(product=heir.pk).count() == 2
    work()
    work()

    assert Access.objects.filter(product=heir.pk).count() == 5
    assert len(told()) == 5


@pytest.mark.parametrize(("buyers", "count"), [(1, 26), (50, 26)])
def test_fifty_buyers_cost_as_many_queries_as_one(
    old: Product, heir: Product, buyers: int, count: int
) -> None:
    for number in range(buyers):
        user = make_user(f"reader{number}@example.com")
        give(Customer.objects.create(user=user, name="R"), old)
    row = replace(old, heir, owners="free", now=NOW)

    with CaptureQueriesContext(connection) as queries:
        heirs.work_batch(row.pk, DUE)

    assert len(told()) == buyers
    assert len(queries) == count


# -- in the admin


@pytest.fixture
def client(in_store: Store, alice: Any, browse: Any) -> Client:
    found: Client = browse(in_store, alice)
    return found


def page(product: Product, name: str) -> str:
    where = "ebooks/ebook" if name == "retire" else "products/product"
    return f"/admin/{where}/{product.pk}/{name}/"


def test_the_creator_chooses_with_the_effect_before_their_eyes(
    client: Client, old: Product, heir: Product, charlie: Any
) -> None:
    give(charlie, old)
    asked = client.get(page(old, "retire")).content.decode()
    assert "1 person has it" in asked

    client.post(page(old, "retire"), {"replaced_by": heir.pk, "owners": "free"})

    row = Replacement.objects.get()
    assert (row.owners, row.heir_id, row.was_status) == ("free", heir.pk, "published")
    listed = client.get(f"/admin/ebooks/ebook/{old.pk}/change/").content.decode()
    assert "took its place" in listed
    assert "unreplace" in listed


def test_a_price_that_is_none_keeps_what_was_chosen(
    client: Client, old: Product, heir: Product, charlie: Any
) -> None:
    give(charlie, old)
    sent = {"replaced_by": heir.pk, "owners": "price", "amount_text": "nothing much"}

    response = client.post(page(old, "retire"), sent)

    assert response.status_code == 200
    assert "nothing much" in response.content.decode()
    assert not Replacement.objects.exists()
    client.post(page(old, "retire"), sent | {"amount_text": "19.00", "tells": "on"})
    assert Replacement.objects.get().price.amount == 1900


def test_the_creator_takes_it_back_within_ten_minutes(
    client: Client, old: Product, heir: Product
) -> None:
    client.post(page(old, "retire"), {"replaced_by": heir.pk})
    assert "as if nothing had been" in client.get(page(old, "unreplace")).content.decode()

    client.post(page(old, "unreplace"))

    old.refresh_from_db()
    assert (old.status, old.replaced_by) == ("published", None)
    assert client.post(page(old, "unreplace")).status_code == 409


def test_who_may_not_change_products_takes_nothing_back(
    in_store: Store, bob: Any, browse: Any, old: Product, heir: Product
) -> None:
    replace(old, heir, now=clock.now())

    assert browse(in_store, bob).post(page(old, "unreplace")).status_code == 403
    assert Replacement.objects.exists()
