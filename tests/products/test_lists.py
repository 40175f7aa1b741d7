"""The lists of products: nobody is put on one by somebody else, and everybody is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer
from core.tables import rows_to_csv
from mail.models import Message
from products.models import ListEntry, Product
from products.services import lists
from products.services.catalogue import set_status
from products.services.sales import take_hold
from products.services.slots import ListsOfCustomer, duties
from stores.models import Store
from tests.conftest import NOW, make_product


@pytest.fixture
def soon(in_store: Store) -> Product:
    return make_product("toy", status="coming_soon", list_question="Which?")


def join(product: Product, email: str = "erin@example.com", answer: str = "", **over) -> ListEntry:
    terms = {"language": "en", "customer": None, "now": NOW} | over
    return lists.join(product, lists.kind_for(product), email=email, answer=answer, **terms)


OF_AN_ORDER = {"order_reference": "1", "until": NOW + timedelta(hours=1), "now": NOW}


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def on_sale(product: Product) -> Product:
    return set_status(product, Product.Status.PUBLISHED)


def test_a_typed_address_is_asked_first_and_is_no_customer_yet(soon: Product) -> None:
    entry = join(soon, answer="The blue one")
    assert lists.waiting_counts([soon]) == {}
    assert not Customer.objects.exists()
    lists.confirm(entry, now=NOW)
    lists.confirm(entry, now=NOW)
    assert lists.waiting_counts([soon]) == {soon.pk: 1}
    assert Customer.objects.get().user.confirmed_at is None
    assert len(mails("list_confirm")) == 1


def test_who_is_signed_in_with_the_address_is_on_at_once(soon: Product, charlie: Customer) -> None:
    join(soon, charlie.user.email, customer=charlie)
    assert lists.waiting_counts([soon]) == {soon.pk: 1}
    assert mails("list_confirm") == []


def test_what_a_stranger_types_changes_nothing_of_a_confirmed_entry(soon: Product) -> None:
    lists.confirm(join(soon, answer="Mine"), now=NOW)
    again = join(soon, answer="Not mine")
    again.refresh_from_db()
    assert (again.answer, again.confirmed_at) == ("Mine", NOW)
    assert mails("list_confirm")[1].context["was_on"] is True


def test_one_address_is_asked_five_times_at_most(soon: Product) -> None:
    for _ in range(9):
        join(soon)
    assert len(mails("list_confirm")) == lists.MOST_ASKS


def test_everybody_on_the_list_is_told_once(soon: Product) -> None:
    for number in range(3):
        lists.confirm(join(soon, f"p{number}@example.com"), now=NOW)
    join(soon, "unconfirmed@example.com")
    lists.leave(lists.confirm(join(soon, "gone@example.com"), now=NOW), now=NOW)
    on_sale(soon)
    assert lists.announce(soon, now=NOW) == 3
    for _ in range(2):
        lists.tell(NOW, batches=9)
        lists.announce(soon, now=NOW)
    assert [each.to_address for each in mails("list_open")] == [
        f"p{number}@example.com" for number in range(3)
    ]


def test_a_worker_killed_between_batches_loses_nobody(soon: Product, monkeypatch) -> None:
    monkeypatch.setattr(lists, "BATCH", 2)
    for number in range(5):
        lists.confirm(join(soon, f"p{number}@example.com"), now=NOW)
    lists.announce(on_sale(soon), now=NOW)
    assert lists.tell(NOW, batches=1)
    assert not lists.tell(NOW, batches=9)
    assert len(mails("list_open")) == 5


def test_who_has_it_already_is_not_told(soon: Product, charlie: Customer) -> None:
    join(soon, charlie.user.email, customer=charlie)
    grant(charlie, product=soon, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    lists.announce(on_sale(soon), now=NOW)
    lists.tell(NOW, batches=9)
    assert mails("list_open") == []


def test_who_had_it_until_it_ended_is_told(soon: Product, charlie: Customer) -> None:
    join(soon, charlie.user.email, customer=charlie)
    had = Source("hand", "1")
    before = NOW - timedelta(days=9)
    grant(charlie, product=soon, source=had, starts_at=before, ends_at=NOW, now=before)
    lists.announce(on_sale(soon), now=NOW)
    lists.tell(NOW, batches=9)
    assert len(mails("list_open")) == 1


def test_taken_off_sale_before_the_sweep_they_go_on_waiting(soon: Product) -> None:
    lists.confirm(join(soon), now=NOW)
    lists.announce(on_sale(soon), now=NOW)
    set_status(soon, Product.Status.CLOSED)
    lists.tell(NOW, batches=9)
    assert mails("list_open") == []
    assert lists.waiting_counts([soon]) == {soon.pk: 1}


def test_who_was_told_may_join_again_and_hears_the_next_time(in_store: Store) -> None:
    closed = make_product("toy", status="closed")
    lists.confirm(join(closed), now=NOW)
    lists.announce(on_sale(closed), now=NOW)
    lists.tell(NOW, batches=9)
    closed = set_status(closed, Product.Status.CLOSED)
    later = NOW + timedelta(days=90)
    lists.confirm(join(closed, now=later), now=later)
    lists.announce(on_sale(closed), now=later)
    lists.tell(later, batches=9)
    assert len(mails("list_open")) == 2


def test_what_nobody_confirmed_is_forgotten_in_a_week(soon: Product) -> None:
    join(soon)
    lists.confirm(join(soon, "yes@example.com"), now=NOW)
    lists.forget_unconfirmed(NOW + timedelta(days=8))
    assert [each.email for each in ListEntry.objects.all()] == ["yes@example.com"]


def test_a_table_of_answers_holds_no_formula(soon: Product) -> None:
    entry = lists.confirm(join(soon, answer="=cmd|' /C calc'!A0"), now=NOW)
    table = "".join(rows_to_csv(lists.table_header(), [lists.table_row(entry)]))
    assert "'=cmd" in table
    assert ",=cmd" not in table


def test_a_key_of_one_entry_opens_no_other(soon: Product) -> None:
    one, two = join(soon, "a@example.com"), join(soon, "b@example.com")
    assert lists.find(one.public_id, lists.key_of(one)) == one
    assert lists.find(one.public_id, lists.key_of(two)) is None


def test_the_creator_is_reminded_of_a_list_that_was_not_told(soon: Product) -> None:
    lists.confirm(join(soon), now=NOW)
    assert list(duties(soon.store, NOW)) == []
    on_sale(soon)
    assert [each.key for each in duties(soon.store, NOW)] == [f"list:{soon.public_id}"]


def test_nobody_is_told_of_what_is_sold_out_or_not_open_yet(soon: Product) -> None:
    entry = lists.confirm(join(soon), now=NOW)
    on_sale(soon)
    soon.prices.update(doors_open_at=NOW + timedelta(days=1))
    assert list(duties(soon.store, NOW)) == []
    assert lists.announce(soon, now=NOW) == 0
    soon.prices.update(doors_open_at=None)
    assert lists.announce(Product.objects.get(pk=soon.pk), now=NOW) == 1
    soon.prices.update(quantity=1)
    take_hold(soon.prices.get(), option="", quantity=1, **OF_AN_ORDER)
    lists.tell(NOW, batches=9)
    entry.refresh_from_db()
    assert (entry.told_at, entry.due_at) == (None, None)


def test_a_customer_takes_their_lists_away_and_is_forgotten(soon: Product) -> None:
    entry = lists.confirm(join(soon, answer="Blue"), now=NOW)
    assert ListsOfCustomer().export(entry.customer)["lists"][0]["answer"] == "Blue"
    ListsOfCustomer().erase(entry.customer)
    assert not ListEntry.objects.exists()


def test_only_what_is_ahead_or_away_has_a_list(in_store: Store) -> None:
    kinds = {
        status: lists.kind_for(make_product("toy", status=status, title=status))
        for status in Product.Status.values
    }
    assert {key: kind for key, kind in kinds.items() if kind} == {
        "coming_soon": "coming_soon",
        "closed": "waiting",
    }


def test_two_stores_keep_their_own_lists(soon: Product, other_store: Store) -> None:
    lists.confirm(join(soon), now=NOW)
    lists.announce(on_sale(soon), now=NOW)
    assert lists.stores_with_due(NOW) == [soon.store_id]
