"""To post, as the shop works: tick, paste, print; and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import clock
from shipping.models import Parcel, PickupPoint, Zone
from shipping.services import parcels
from shipping.services.slots import duties
from stores.models import Store
from tests.shipping.posting import in_print

Sell = Callable[..., Parcel]
MANY = "admin:shipping_parcel_many"


@pytest.fixture
def hers(browse: Callable[..., Client], store: Store, alice: User) -> Client:
    return browse(store, alice)


def says(response: Any) -> str:
    return str(response.content.decode())


def test_many_are_posted_at_once_each_with_its_number(sell: Sell, hers: Client) -> None:
    first, second, third = sell(), sell(), sell()
    sent = {
        "act": "posted",
        "carrier": "israel_post",
        "parcel": [first.public_id, second.public_id],
        f"number-{first.public_id}": "RR1",
        f"number-{second.public_id}": "RR2",
    }
    assert hers.post(reverse(MANY), sent).status_code == 302
    rows = dict(Parcel.objects.values_list("order_number", "tracking"))
    assert rows == {1001: "RR1", 1002: "RR2", 1003: ""}
    third.refresh_from_db()
    assert third.state == "to_pack"


def test_a_pasted_list_finds_its_orders(sell: Sell, hers: Client) -> None:
    sell(), sell()
    pasted = "1001\tRR123456789IL\n#1002, RR987654321IL\n"
    answer = hers.post(reverse(MANY), {"act": "posted", "pasted": pasted, "other_carrier": "Moshe"})
    assert answer.status_code == 302
    found = list(Parcel.objects.values_list("tracking", "carrier", "state"))
    assert found == [("RR123456789IL", "Moshe", "sent"), ("RR987654321IL", "Moshe", "sent")]


def test_a_pasted_line_that_names_nothing_stops_all_and_is_said(sell: Sell, hers: Client) -> None:
    sell()
    answer = hers.post(reverse(MANY), {"act": "posted", "pasted": "1001 RR12345\n999 RR1"})
    assert answer.status_code == 422
    assert "999 RR1" in says(answer)
    assert Parcel.objects.get().state == "to_pack"


def test_nothing_ticked_is_said(sell: Sell, hers: Client) -> None:
    sell()
    answer = hers.post(reverse(MANY), {"act": "packed"})
    assert "Tick at least one parcel." in says(answer)


@pytest.mark.parametrize("act", ["sheet", "single", "packing"])
def test_papers_are_downloaded(sell: Sell, hers: Client, act: str) -> None:
    answer = hers.post(reverse(MANY), {"act": act, "parcel": [sell().public_id]})
    assert answer.content.startswith(b"%PDF")
    assert "attachment" in answer["Content-Disposition"]


def test_the_list_is_a_table(sell: Sell, hers: Client) -> None:
    answer = hers.post(reverse(MANY), {"act": "table", "parcel": [sell().public_id]})
    assert "Charlie Cohen" in answer.content.decode("utf-8-sig")


def test_what_waits_stands_first_and_the_oldest_on_top(sell: Sell, hers: Client) -> None:
    sent, waits = sell(), sell()
    parcels.mark_sent(sent, carrier="", tracking="", now=clock.now())
    page = says(hers.get(reverse("admin:shipping_parcel_changelist")))
    assert page.index(str(waits.order_number)) < page.index(str(sent.order_number))


def test_the_list_narrows_by_state_and_zone(sell: Sell, hers: Client) -> None:
    parcel = sell()
    url = reverse("admin:shipping_parcel_changelist")
    assert "1001" in says(hers.get(url, {"zone": parcel.zone_id, "state": "to_pack"}))
    assert "Nothing here matches" in says(hers.get(url, {"state": "arrived"}))
    assert "Nothing here matches" in says(hers.get(url, {"zone": "999"}))
    assert "1001" in says(hers.get(url, {"zone": "9" * 30}))


def test_one_is_posted_from_its_own_page(sell: Sell, hers: Client) -> None:
    parcel = sell()
    assert "It was posted" in says(
        hers.get(reverse("admin:shipping_parcel_change", args=[parcel.pk]))
    )
    url = reverse("admin:shipping_parcel_sent", args=[parcel.pk])
    hers.post(url, {"carrier": "usps", "tracking": "9400"})
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking) == ("sent", "9400")
    assert says(hers.get(url)).count("9400") == 0


def test_the_shop_puts_an_address_right(sell: Sell, hers: Client) -> None:
    parcel = sell()
    url = reverse("admin:shipping_parcel_address", args=[parcel.pk])
    typed = {
        "ship_country": "IL",
        "ship_name": "Charlie",
        "ship_phone": "0505550199",
        "ship_street": "Jaffa",
        "ship_house": "1",
        "ship_city": "Haifa",
    }
    assert hers.post(url, typed | {"ship_phone": "?"}).status_code == 200
    assert hers.post(url, typed).status_code == 302
    parcel.refresh_from_db()
    assert parcel.street == "Jaffa"


def test_support_reads_the_list_and_posts_nothing(
    sell: Sell, browse: Callable[..., Client], store: Store, bob: User
) -> None:
    parcel, his = sell(), browse(store, bob)
    assert his.get(reverse("admin:shipping_parcel_changelist")).status_code == 200
    assert his.get(reverse(MANY)).status_code == 403
    url = reverse("admin:shipping_parcel_sent", args=[parcel.pk])
    assert his.post(url, {"carrier": ""}).status_code == 403


def test_a_zone_is_written_in_money_as_people_write_it(hers: Client, in_store: Store) -> None:
    typed = {
        "name": "Israel",
        "where_to": ["IL"],
        "first_text": "25",
        "further_text": "",
        "free_text": "200.50",
        "days_least": "2",
        "days_most": "5",
        "is_active": "on",
    }
    assert hers.post(reverse("admin:shipping_zone_add"), typed).status_code == 302
    zone = Zone.objects.get()
    assert (zone.countries, zone.first, zone.further, zone.free_from) == (["IL"], 2500, 0, 20050)
    twice = hers.post(reverse("admin:shipping_zone_add"), typed | {"name": "Again"})
    assert "In the zone “Israel” already: Israel." in says(twice)
    europe = typed | {"name": "Europe", "where_to": [], "all_eu": "on", "days_most": "1"}
    assert "It cannot be less than the least." in says(
        hers.post(reverse("admin:shipping_zone_add"), europe)
    )


def test_there_is_one_everywhere_else(hers: Client, in_store: Store) -> None:
    Zone.objects.create(name="World", is_elsewhere=True)
    typed = {"name": "Moon", "is_elsewhere": "on", "first_text": "1000"}
    typed |= {"days_least": "1", "days_most": "2"}
    answer = hers.post(reverse("admin:shipping_zone_add"), typed)
    assert "“World” is everywhere else already." in says(answer)


def test_today_says_what_is_to_post_and_what_runs_out(sell: Sell, store: Store) -> None:
    sell(), sell()
    said = [str(each.sentence) for each in duties(store, clock.now())]
    assert said[0] == "2 parcels to post."
    assert said[1] == "1 printed copy of “The First Stitch” is left."


def test_today_says_that_nobody_knows_where_to(printed: Any, store: Store) -> None:
    in_print(printed.product, stock=None)
    Zone.objects.all().delete()
    PickupPoint.objects.all().delete()
    said = [str(each.sentence) for each in duties(store, clock.now())]
    assert said == ["Something is on sale in print, and nobody knows where you post to."]


def test_today_names_each_parcel_that_did_not_arrive(sell: Sell, store: Store) -> None:
    parcel = sell()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
    parcels.report_missing(parcel, now=clock.now())
    sentences = [str(each.sentence) for each in duties(store, clock.now())]
    assert "Order 1001: “The First Stitch” did not arrive." in sentences
