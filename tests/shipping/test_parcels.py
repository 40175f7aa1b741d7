"""A parcel's way: packed, sent, arrived, lost and sent again, back in the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from core import clock
from mail.models import Message
from products.models import Hold, Price
from products.services.sales import places_left, sold_counts
from shipping.errors import CannotChange
from shipping.models import Parcel
from shipping.services import parcels
from shipping.services.showing import parcels_of, row_of
from tests.shipping.conftest import HOME
from tests.shipping.posting import make_point

Sell = Callable[..., Parcel]


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def left(price: Price) -> int | None:
    return places_left(price, clock.now())


def test_it_is_packed_sent_and_arrives_and_each_is_told_once(sell: Sell) -> None:
    parcel = sell()
    parcels.pack(parcel, tells=True, now=clock.now())
    parcels.mark_sent(parcel, carrier="usps", tracking="9400", now=clock.now())
    parcels.mark_arrived(parcel, now=clock.now())
    assert kinds() == ["parcel_packed", "parcel_sent", "parcel_arrived"]
    sent = Message.objects.get(kind="parcel_sent").context
    assert sent["tracking_url"].endswith("tLabels=9400")
    assert "הרצל 5" in sent["address"]


def test_packing_is_told_only_where_that_is_wanted(sell: Sell) -> None:
    parcels.pack(sell(), tells=False, now=clock.now())
    assert kinds() == []


def test_pressed_twice_it_is_sent_once(sell: Sell) -> None:
    parcel = sell()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    with pytest.raises(CannotChange):
        parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    assert kinds() == ["parcel_sent"]


def test_sold_twice_over_it_is_one_parcel(sell: Sell, printed: Price) -> None:
    parcel = sell()
    assert Parcel.objects.count() == 1
    assert parcel.zone is not None
    assert left(printed) == 2


def test_a_lost_one_is_sent_again_from_the_stock_and_nobody_bought_it(
    sell: Sell, printed: Price
) -> None:
    parcel = sell()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    again = parcels.send_again(parcel, now=clock.now())
    parcel.refresh_from_db()
    assert (parcel.state, again.state, again.sending) == ("lost", "to_pack", 2)
    assert again.destination == parcel.destination
    assert left(printed) == 1
    assert sold_counts([printed.product]) == {printed.product_id: 1}
    assert kinds()[-1] == "parcel_again"
    with pytest.raises(CannotChange):
        parcels.send_again(parcel, now=clock.now())


def test_where_none_is_left_nothing_is_lost_by_asking_for_another(sell: Sell) -> None:
    parcel = sell()
    sell(), sell()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    with pytest.raises(CannotChange, match="No copy is left"):
        parcels.send_again(parcel, now=clock.now())
    parcel.refresh_from_db()
    assert parcel.state == "sent"
    assert Parcel.objects.count() == 3


@pytest.mark.parametrize(("is_fit", "there"), [(True, 3), (False, 2)])
def test_what_comes_back_is_sold_again_only_if_it_is_fit(
    sell: Sell, printed: Price, *, is_fit: bool, there: int
) -> None:
    parcel = sell()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    parcels.came_back(parcel, is_fit=is_fit, now=clock.now())
    assert left(printed) == there
    assert sold_counts([printed.product]) == {printed.product_id: 1}


def test_what_came_back_goes_out_once_more(sell: Sell, printed: Price) -> None:
    parcel = sell()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    parcels.came_back(parcel, is_fit=True, now=clock.now())
    again = parcels.send_again(parcel, now=clock.now())
    parcel.refresh_from_db()
    assert (parcel.state, again.state) == ("back", "to_pack")
    assert left(printed) == 2


def test_said_of_the_wrong_one_it_is_on_the_list_again(sell: Sell, printed: Price) -> None:
    parcel = sell()
    parcels.mark_sent(parcel, carrier="usps", tracking="9400", now=clock.now())
    back = parcels.not_sent(parcel)
    assert (back.state, back.tracking) == ("to_pack", "")
    assert Hold.objects.get().copy == ""


def test_a_parcel_reported_missing_is_told_to_the_shop_once(sell: Sell) -> None:
    parcel = sell()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    for _twice in range(2):
        parcels.report_missing(parcel, now=clock.now())
    assert kinds().count("parcel_missing") == 1
    assert Parcel.objects.missed().count() == 1
    parcels.mark_arrived(parcel, now=clock.now())
    assert not Parcel.objects.missed().exists()


def test_its_address_is_put_right_until_it_leaves_inside_its_zone(sell: Sell) -> None:
    parcel = sell()
    parcels.change_address(parcel, replace(HOME, city="עכו"))
    parcel.refresh_from_db()
    assert parcel.city == "עכו"
    with pytest.raises(CannotChange, match="costs something else"):
        parcels.change_address(parcel, replace(HOME, country="GB", postcode="SW1A 2AA"))
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    with pytest.raises(CannotChange):
        parcels.change_address(parcel, HOME)


def test_a_day_that_moves_is_told_to_who_bought_ahead(sell: Sell, printed: Price) -> None:
    parcel = sell(not_before=date(2099, 3, 1))
    sell()
    assert parcels.move_day(printed.product_id, date(2099, 4, 1), now=clock.now()) == 1
    parcel.refresh_from_db()
    assert parcel.not_before == date(2099, 4, 1)
    assert kinds() == ["parcel_moved"]
    assert Message.objects.get().context["day"] == "1 April 2099"


def test_its_buyer_reads_where_it_is(sell: Sell) -> None:
    parcel = sell()
    assert parcels_of(parcel.order_reference)[0].address_url
    parcel = parcels.mark_sent(parcel, carrier="usps", tracking="9400", now=clock.now())
    row = row_of(parcel)
    assert row.state.startswith("Posted on")
    assert (row.address_url, bool(row.missing_url)) == ("", True)
    assert row_of(parcels.report_missing(parcel, now=clock.now())).note


def test_what_is_fetched_reads_so(sell: Sell) -> None:
    point = make_point()
    parcel = sell(replace(HOME, pickup=point.public_id, country=""))
    assert parcel.pickup == point
    parcel = parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    assert row_of(parcel).state.startswith("Ready to be picked up")
    assert "Herzl 7" in Message.objects.get().context["address"]
