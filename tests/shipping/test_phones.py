"""Customers are found by the phone their parcels are posted with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from accounts.models import Customer
from accounts.services.finding.looking import search
from accounts.tasks import gather_words
from shipping.models import Parcel
from shipping.services.parcels import change_address
from tests.shipping.conftest import HOME


def found(text: str) -> list[str]:
    every = Customer.objects.all()
    return [str(each) for each in search(every.none(), every, text)]


def test_a_phone_is_found_from_its_first_digits_and_from_any(
    sell: Callable[..., Parcel], charlie: Customer
) -> None:
    gather_words()
    sell()
    for text in ("050-555-0199", "0505550", "+972 50 5550199", "0199"):
        assert found(text) == ["Charlie"], text
    assert found("0505550198") == []


def test_a_phone_that_was_put_right_is_found_and_the_wrong_one_is_not(
    sell: Callable[..., Parcel],
) -> None:
    parcel = sell()
    gather_words()
    change_address(parcel, replace(HOME, phone="054 111 2233"))
    gather_words()
    assert found("0505550199") == []
    assert found("0541112233") == ["Charlie"]
