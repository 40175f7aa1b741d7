"""How countries write addresses."""

import pytest

from shipping.contract import Destination, Rate
from shipping.models import Zone
from shipping.rules import country_of, is_phone, is_postcode, lines_of, tracking_url
from shipping.services.places import Where


def test_israel_asks_for_a_house_and_seven_digits_if_any() -> None:
    israel = country_of("IL")
    assert (israel.has_house, israel.needs_postcode, israel.regions) == (True, False, ())
    assert is_postcode(israel, "3303105")
    assert not is_postcode(israel, "33031")


def test_america_needs_a_state_and_a_zip() -> None:
    states = country_of("US")
    assert states.needs_postcode
    assert ("ME", "Maine") in states.regions
    assert str(states.region_name) == "State"


def test_the_emirates_have_no_postcode() -> None:
    assert not country_of("AE").has_postcode


def test_a_country_nobody_knows_asks_for_street_and_town() -> None:
    unknown = country_of("ZZ")
    assert (unknown.needs_city, unknown.needs_postcode) == (True, False)
    assert is_postcode(unknown, "anything")


@pytest.mark.parametrize("text", ["050-555-0199", "+44 20 7946 0958", "(207) 555 0142"])
def test_a_phone_is_digits_as_people_write_them(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize("text", ["", "call me", "12345", "0" * 40, "=1+1234567"])
def test_what_no_courier_can_call_is_no_phone(text: str) -> None:
    assert not is_phone(text)


def test_an_address_stands_as_its_post_reads_it() -> None:
    there = Destination(
        name="Sam Okafor",
        country="US",
        street="18 Mill Lane",
        extra="Apt 4",
        city="Portland",
        region="ME",
        postcode="04101",
    )
    assert lines_of(there, home="US") == [
        "Sam Okafor",
        "18 Mill Lane",
        "Apt 4",
        "Portland, ME 04101",
    ]
    assert lines_of(there, home="IL", language="en")[-1] == "United States"


def test_an_address_in_hebrew_has_its_number_after_its_street() -> None:
    here = Destination(name="תמר", country="IL", street="הרצל", house="5", city="חיפה")
    assert lines_of(here, home="IL") == ["תמר", "הרצל 5", "חיפה"]


def test_the_first_copy_pays_for_the_parcel() -> None:
    rate = Rate(2500, 1000, 20000)
    assert rate.shares([1, 1], 9000) == [2500, 1000]
    assert rate.shares([3], 9000) == [4500]
    assert rate.shares([1, 1], 20000) == [0, 0]
    assert rate.shares([], 0) == []


def test_a_number_is_looked_up_where_we_know_its_carrier() -> None:
    assert tracking_url("usps", "94/00").endswith("tLabels=94%2F00")
    assert tracking_url("my cousin", "1") == ""
    assert tracking_url("usps", "") == ""


@pytest.mark.parametrize(("shop", "first"), [("US", "US"), ("", "IL"), ("FR", "IL")])
@pytest.mark.usefixtures("in_store")
def test_an_address_begins_in_the_shops_country_or_where_it_posts_to(shop: str, first: str) -> None:
    zones = (Zone(countries=["IL", "US"]), Zone(is_elsewhere=True))
    assert Where(zones=zones, pickups=()).home(shop) == first
