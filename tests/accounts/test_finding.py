"""Finding customers: by the beginnings of words, and by what was bought, in this store only."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, CustomerWord
from accounts.services.changing_address import _follow
from accounts.services.confirming import confirm_address
from accounts.services.finding import keeping, looking
from accounts.services.finding.keeping import add_words, gather, gather_anew
from accounts.services.finding.words import asked_for, words_of
from accounts.services.leaving import erase_customer
from accounts.tasks import gather_words
from core.phones import phone_digits
from stores.models import Store
from stores.scope import all_stores, store_scope
from stores.slots import CustomerSearch, customer_search
from tests.conftest import NOW, make_user

pytestmark = pytest.mark.django_db


def make_customer(email: str, name: str = "") -> Customer:
    customer: Customer = Customer.objects.create(user=make_user(email), name=name)
    return customer


def found(text: str) -> set[str]:
    every = Customer.objects.all()
    return {str(each) for each in looking.search(every.filter(name__icontains=text), every, text)}


def known_as(customer: Customer) -> set[str]:
    return set(CustomerWord.objects.filter(customer=customer).values_list("word", flat=True))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("050-555-0199", "505550199"),
        ("+972 50 555 0199", "505550199"),
        ("(050) 555.0199", "505550199"),
        ("0505", "505"),
        ("050", ""),
        ("0000", ""),
        ("call 0505550199", ""),
        ("", ""),
    ],
)
def test_a_phone_is_its_digits_however_it_is_written(text: str, digits: str) -> None:
    assert phone_digits(text) == digits


def test_words_are_those_of_names_and_addresses() -> None:
    assert words_of(["Zoë Ben-Ami", "zoe.b@example.com", "חַנָּה"]) == {
        *("zoe", "ben", "ami", "b", "example", "com", "חנה")
    }
    assert words_of(["", "  "]) == set()
    assert asked_for("") == asked_for(" — ") == []
    assert asked_for("ben ami ben") == [["ben", "ami"]]
    assert asked_for("050-555-0199") == [["050", "555", "0199"], ["505550199"]]
    assert asked_for("1234") == [["1234"]]
    assert len(asked_for("a " * 500)[0]) == 1


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("tam", {"Tamar Levi"}),
        ("LEVI", {"Tamar Levi", "Uri Levin"}),
        ("levi tam", {"Tamar Levi"}),
        ("tamar uri", set()),
        ("uri.levin@shop.example", {"Uri Levin"}),
        ("shop", {"Uri Levin"}),
        ("חנה", {"חַנָּה כהן"}),
        ("כהנ", {"חַנָּה כהן"}),
        ("אביבה", set()),
        ("ama", {"Tamar Levi"}),
        ("%", set()),
        ("", {"Tamar Levi", "Uri Levin", "חַנָּה כהן"}),
    ],
)
@pytest.mark.parametrize("few", [1_000, 0], ids=["few", "many"])
def test_who_is_found(
    in_store: Store, monkeypatch: pytest.MonkeyPatch, text: str, who: set[str], few: int
) -> None:
    monkeypatch.setattr(looking, "FEW", few)
    make_customer("tamar@example.com", "Tamar Levi")
    make_customer("uri.levin@shop.example", "Uri Levin")
    make_customer("hana@example.com", "חַנָּה כהן")
    assert found(text) == who


def test_those_called_so_come_before_those_in_whose_names_it_stands(in_store: Store) -> None:
    make_customer("a@example.com", "Tamar")
    assert found("mar") == {"Tamar"}
    make_customer("b@example.com", "Marcus")
    assert found("mar") == {"Marcus"}


def test_nobody_of_another_store_is_found(in_store: Store, other_store: Store) -> None:
    with store_scope(other_store):
        make_customer("zanzibar@example.com", "Zanzibar")
    assert found("zanzibar") == set()
    gather_words()
    assert found("zanzibar") == set()
    assert not CustomerWord.objects.exists()
    with store_scope(other_store):
        assert found("zanz") == {"Zanzibar"}


def test_who_is_called_otherwise_is_found_so_and_no_longer_as_before(in_store: Store) -> None:
    customer = make_customer("a@example.com", "Tamar")
    gather_words()
    customer.name = "Miriam"
    customer.save(update_fields=["name"])
    gather_words()
    assert known_as(customer) == {"miriam", "a", "example", "com"}
    customer.language = "he"
    customer.save(update_fields=["language"])
    assert not Customer.objects.get().words_due


def test_an_address_that_changed_is_found_in_every_store(
    in_store: Store, other_store: Store
) -> None:
    here = make_customer("old@example.com")
    with store_scope(other_store):
        there = Customer.objects.create(user=here.user)
    gather_words()
    here.user.email = "new@example.com"
    here.user.save()
    _follow(here.user, "old@example.com")
    gather_words()
    with all_stores():
        assert "new" in known_as(here) & known_as(there)
        assert "old" not in known_as(here) | known_as(there)


def test_a_name_that_was_void_is_no_longer_found(in_store: Store) -> None:
    customer = make_customer("a@example.com", "Mallory")
    gather_words()
    confirm_address(customer.user, now=NOW)
    gather_words()
    assert found("mallory") == set()


def test_the_forgotten_leave_no_word(in_store: Store) -> None:
    customer = make_customer("a@example.com", "Tamar")
    gather_words()
    assert known_as(customer)
    erase_customer(customer, now=NOW)
    assert known_as(customer) == set()
    gather_anew([customer.pk])
    gather_words()
    assert known_as(customer) == set()


def test_a_word_that_is_added_while_others_are_gathered_is_not_lost(
    in_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = make_customer("a@example.com", "Tamar")

    def somebody_buys(customers: Collection[int]) -> Iterator[tuple[int, str]]:
        add_words(customer, ["Ruth"])
        yield from ()

    nobody = Customer.objects.none()
    entry = CustomerSearch(somebody_buys, lambda _: nobody, lambda _: nobody)
    monkeypatch.setattr(customer_search, "all", lambda: [entry])
    gather()
    assert known_as(customer) == {"tamar", "ruth", "a", "example", "com"}


def test_who_was_never_gathered_is_found_all_the_same(
    in_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BATCH", 1)
    for number in range(3):
        make_customer(f"reader{number}@example.com", f"Reader {number}")
    assert found("reader 2") == {"Reader 2"}
    assert not CustomerWord.objects.filter(word="2").exists()
    gather_words()
    assert keeping.are_all_kept()
    assert found("reader 2") == {"Reader 2"}


def test_a_search_asks_as_much_of_many_as_of_few(in_store: Store) -> None:
    asked = []
    for many in (5, 60):
        for number in range(Customer.objects.count(), many):
            make_customer(f"reader{number}@example.com", f"Reader {number}")
        gather_words()
        with CaptureQueriesContext(connection) as seen:
            found("reader 4")
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_words_are_found_in_the_order_of_their_bytes(in_store: Store) -> None:
    plan = looking._beginning("tam").values("customer_id").explain()
    if connection.vendor == "sqlite":
        assert (
            "USING COVERING INDEX accounts_word_begins (store_id=? AND word>? AND word<?)" in plan
        )
    customer = make_customer("a@example.com")
    words = ["tam", "tamar", "tam9", "tamת", "tama\u0300r", "tan", "ta", "taz", "t"]
    CustomerWord.objects.bulk_create(CustomerWord(customer=customer, word=each) for each in words)
    beginning = {each.word for each in looking._beginning("tam")}
    assert beginning == {each for each in words if each.startswith("tam")}
