"""What stands inside what was bought, and what is added to it later."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.models import Access, AccessEvent
from access.services import inclusions
from access.services.granting import (
    grant,
    grant_purchase,
    pause,
    restore,
    resume,
    revoke,
    set_end,
    suspend,
)
from access.tasks import give_additions_in
from accounts.models import Customer
from mail.models import Message
from products.errors import BundleLoops
from products.models import Inclusion, Price, Product
from products.services.bundles import include, set_inside, take_out
from products.services.catalogue import publish, set_status
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_price, make_product, make_user

LATER = NOW + timedelta(hours=1)
AFTER = LATER + timedelta(hours=1)


@pytest.fixture
def bundle(in_store: Store) -> Product:
    return make_product("bundle", title="Everything")


def buy(customer: Customer, product: Product, *, line: str = "1", price: Price | None = None):
    price = price or product.prices.first()
    source = Source("order_line", line)
    return grant_purchase(customer, price=price, option="", source=source, now=NOW)


def sweep(now=AFTER) -> None:
    inclusions.give_additions(now, batches=99)


def titles(customer: Customer, now=AFTER) -> list[str]:
    rows = Access.objects.live(now).filter(customer=customer).order_by("product__title")
    return list(rows.values_list("product__title", flat=True))


def test_what_is_added_later_reaches_who_bought_before_and_tells_them_once(
    bundle: Product, charlie: Customer
) -> None:
    buy(charlie, bundle)
    buy(charlie, bundle, line="2")
    include(bundle, make_product("toy", title="A toy"), now=LATER)
    sweep()
    sweep(AFTER + timedelta(hours=1))
    assert Access.objects.filter(product__title="A toy").count() == 2
    message = Message.objects.get(kind="added")
    assert "A toy" in message.mailing.text
    assert "Everything" in message.mailing.text
    assert Inclusion.objects.get().due_at is None


def test_who_had_it_already_gets_it_again_and_no_mail(bundle: Product, charlie: Customer) -> None:
    book = make_product(title="A book")
    buy(charlie, book, line="9")
    buy(charlie, bundle)
    include(bundle, book, now=LATER)
    sweep()
    assert Access.objects.filter(product=book).count() == 2
    assert not Message.objects.filter(kind="added").exists()


def test_an_addition_deep_inside_reaches_the_buyers_on_top(
    bundle: Product, charlie: Customer
) -> None:
    inner = make_product("bundle", title="Inner")
    include(bundle, inner, now=NOW)
    buy(charlie, bundle)
    include(inner, make_product("toy", title="A toy"), now=LATER)
    sweep()
    assert titles(charlie) == ["A toy", "Everything", "Inner"]
    assert "Everything" in Message.objects.get(kind="added").mailing.text


def test_a_bundle_added_to_a_bundle_brings_what_is_inside_it(
    bundle: Product, charlie: Customer
) -> None:
    buy(charlie, bundle)
    inner = make_product("bundle", title="Inner")
    include(inner, make_product("toy", title="A toy"), now=NOW)
    include(bundle, inner, now=LATER)
    sweep()
    assert titles(charlie) == ["A toy", "Everything", "Inner"]
    assert Message.objects.filter(kind="added").count() == 1


def test_taking_something_out_takes_it_from_nobody(bundle: Product, charlie: Customer) -> None:
    book = make_product(title="A book")
    include(bundle, book, now=NOW)
    buy(charlie, bundle)
    take_out(bundle, book)
    sweep()
    assert titles(charlie) == ["A book", "Everything"]


def test_a_refund_takes_what_was_added_too_and_nothing_bought_alone(
    bundle: Product, charlie: Customer
) -> None:
    book = make_product(title="A book")
    buy(charlie, book, line="alone")
    given = buy(charlie, bundle)
    include(bundle, book, now=LATER)
    sweep()
    revoke(given[0], now=AFTER)
    assert titles(charlie, AFTER) == ["A book"]
    restore(given[0], now=AFTER)
    assert titles(charlie, AFTER) == ["A book", "A book", "Everything"]


def test_who_gave_the_bundle_back_gets_nothing_that_is_added(
    bundle: Product, charlie: Customer
) -> None:
    revoke(buy(charlie, bundle)[0], now=NOW)
    include(bundle, make_product("toy"), now=LATER)
    sweep()
    assert titles(charlie) == []
    assert not Message.objects.filter(kind="added").exists()


def test_a_draft_inside_waits_until_it_opens(bundle: Product, charlie: Customer) -> None:
    draft = make_product("toy", title="A toy", status="draft")
    draft.parts.create(kind="letter", title="One")
    include(bundle, draft, now=NOW)
    buy(charlie, bundle)
    sweep()
    assert titles(charlie) == ["Everything"]
    publish(draft, LATER)
    Inclusion.objects.update(due_at=LATER)
    sweep()
    assert titles(charlie) == ["A toy", "Everything"]


def test_what_is_no_longer_sold_stays_inside(bundle: Product, charlie: Customer) -> None:
    old = make_product(title="An old book")
    include(bundle, old, now=NOW)
    set_status(old, "retired")
    buy(charlie, bundle)
    assert titles(charlie) == ["An old book", "Everything"]


def test_what_opens_later_opens_on_its_own_day(bundle: Product, charlie: Customer) -> None:
    opens_at = NOW + timedelta(days=30)
    include(bundle, make_product("toy", title="A toy", opens_at=opens_at), now=NOW)
    open_since = {"opens_at": NOW - timedelta(days=9), "opened_at": NOW - timedelta(days=9)}
    include(bundle, make_product("toy", title="B toy", **open_since), now=NOW)
    buy(charlie, bundle)
    assert titles(charlie) == ["B toy", "Everything"]
    assert Access.objects.get(product__title="A toy").starts_at == opens_at


def test_a_dearer_price_includes_more_and_an_addition_reaches_only_its_buyers(
    in_store: Store, charlie: Customer
) -> None:
    course = make_product("toy", title="Course")
    gold = make_price(course, amount=9900)
    include(course, make_product("toy", title="Extra"), price=gold, now=NOW)
    other = Customer.objects.create(user=make_user("erin@example.com"))
    buy(other, course, line="2")
    buy(charlie, course, price=gold)
    include(course, make_product("toy", title="More"), price=gold, now=LATER)
    sweep()
    assert titles(charlie) == ["Course", "Extra", "More"]
    assert titles(other) == ["Course"]


def test_what_is_given_by_hand_brings_what_is_inside(bundle: Product, charlie: Customer) -> None:
    include(bundle, make_product("toy", title="A toy"), now=NOW)
    grant(charlie, product=bundle, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    assert titles(charlie) == ["A toy", "Everything"]


def test_what_is_inside_ends_holds_and_rests_with_the_bundle(
    bundle: Product, charlie: Customer
) -> None:
    include(bundle, make_product("toy", title="A toy"), now=NOW)
    outer, inner = buy(charlie, bundle)
    set_end(outer, NOW + timedelta(days=9), now=NOW)
    inner.refresh_from_db()
    assert inner.ends_at == NOW + timedelta(days=9)
    pause(outer, until=NOW + timedelta(days=3), now=NOW)
    assert titles(charlie) == []
    resume(outer, now=LATER)
    assert titles(charlie) == ["A toy", "Everything"]


def test_what_is_added_to_a_bundle_on_hold_opens_when_the_hold_ends(
    bundle: Product, charlie: Customer
) -> None:
    access = buy(charlie, bundle)[0]
    suspend(access, now=NOW)
    include(bundle, make_product("toy", title="A toy"), now=LATER)
    sweep()
    assert titles(charlie) == []
    restore(access, now=AFTER)
    assert titles(charlie) == ["A toy", "Everything"]


def test_a_replay_of_a_refunded_purchase_gives_nothing_new(
    bundle: Product, charlie: Customer
) -> None:
    revoke(buy(charlie, bundle)[0], now=NOW)
    include(bundle, make_product("toy"), now=NOW)
    buy(charlie, bundle)
    assert titles(charlie) == []


def test_it_is_told_at_checkout_what_somebody_has_already(
    bundle: Product, charlie: Customer
) -> None:
    inner = make_product("bundle", title="Inner")
    mine, new = make_product(title="Mine"), make_product(title="New")
    set_inside(bundle, [inner, new], now=NOW)
    include(inner, mine, now=NOW)
    price = bundle.prices.get()
    assert inclusions.owned_inside(charlie, price, NOW) == []
    buy(charlie, mine)
    assert inclusions.owned_inside(charlie, price, NOW) == [mine.product]


def buyers(bundle: Product, many: int) -> None:
    price = bundle.prices.get()
    for number in range(many):
        customer = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        source = Source("order_line", f"m{number}")
        grant_purchase(customer, price=price, option="", source=source, now=NOW)


def test_twenty_five_buyers_cost_as_many_queries_as_one(bundle: Product, monkeypatch) -> None:
    buyers(bundle, 51)
    counts = []
    for size in (1, 25):  # SQLite takes larger inserts in two
        monkeypatch.setattr(inclusions, "BATCH", size)
        toy = make_product("toy", title=f"Toy {size}")
        row = include(bundle, toy, now=LATER)
        with CaptureQueriesContext(connection) as found:
            inclusions.give_batch(row.pk, LATER)
        counts.append(len(found))
        assert Access.objects.filter(product=toy).count() == size
    assert counts[0] == counts[1]


def test_a_worker_killed_between_batches_is_followed_by_one_that_goes_on(
    bundle: Product, monkeypatch
) -> None:
    buyers(bundle, 5)
    monkeypatch.setattr(inclusions, "BATCH", 2)
    row = include(bundle, make_product("toy"), now=LATER)
    assert inclusions.give_batch(row.pk, LATER)

    def killed(*_args) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(inclusions.letters, "something_was_added", killed)
        with pytest.raises(SystemExit):
            inclusions.give_batch(row.pk, LATER)
    assert Access.objects.filter(product__format="toy").count() == 2
    sweep()
    assert Access.objects.filter(product__format="toy").count() == 5
    assert Message.objects.filter(kind="added").count() == 5
    assert AccessEvent.objects.filter(access__product__format="toy").count() == 5


def test_a_purchase_that_was_under_way_is_found_by_a_second_look(
    bundle: Product, charlie: Customer
) -> None:
    row = include(bundle, make_product("toy", title="A toy"), now=NOW)
    sweep(NOW)
    Inclusion.objects.filter(pk=row.pk).delete()  # the purchase did not see it
    buy(charlie, bundle)
    row.save(force_insert=True)
    Inclusion.objects.update(due_at=row.settles_at)
    sweep(NOW)
    assert titles(charlie) == ["Everything"]
    sweep(NOW + timedelta(minutes=10))
    assert titles(charlie) == ["A toy", "Everything"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_put_a_into_b_and_b_into_a_at_once_make_no_loop(store: Store) -> None:
    with store_scope(store):
        one, two = (make_product("bundle", title=name) for name in "ab")
    together([lambda: include(one, two), lambda: include(two, one)], store)
    with store_scope(store):
        assert Inclusion.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_six_workers_at_once_give_each_addition_once(store: Store, charlie: Customer) -> None:
    with store_scope(store):
        bundle = make_product("bundle", title="Everything")
        buyers(bundle, 8)
        include(bundle, make_product("toy"), now=NOW)
    together([lambda: give_additions_in(store.pk)] * 6, store)
    with store_scope(store):
        assert Access.objects.filter(product__format="toy").count() == 8
        assert AccessEvent.objects.filter(access__product__format="toy").count() == 8
        assert Message.objects.filter(kind="added").count() == 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_refund_at_the_moment_of_an_addition_leaves_nothing_open(
    store: Store, charlie: Customer
) -> None:
    with store_scope(store):
        bundle = make_product("bundle", title="Everything")
        access = buy(charlie, bundle)[0]
        include(bundle, make_product("toy"), now=NOW)
    together([lambda: sweep(NOW), lambda: revoke(access, now=NOW)], store)
    with store_scope(store):
        assert not Access.objects.standing().exists()


def together(acts, store: Store) -> None:
    gate = threading.Barrier(len(acts))

    def run(act) -> None:
        gate.wait()
        try:
            with store_scope(store):
                act()
        except BundleLoops:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
