"""Labels and lists: as many as there are parcels, set right, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pikepdf

from core.tables import rows_to_csv
from shipping.contract import Destination
from shipping.models import Parcel
from shipping.services.lists import table_header, table_row
from shipping.services.papers import packing_list, sheet_of_labels, single_labels
from tests.shipping.conftest import HOME
from tests.shipping.posting import in_print

Sell = Callable[..., Parcel]
LONG = Destination(
    name="Bartholomew Featherstonehaugh-Smith of the Very Long Name Indeed",
    phone="+44 20 7946 0958",
    country="GB",
    street="1234 The Street With a Name That Hardly Fits on Any Label Ever Printed",
    extra="c/o The Society for the Preservation of Long Addresses, third floor",
    city="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    postcode="LL61 5UJ",
    note="Ring twice, then once, then leave it with the neighbours on the other side",
)


def pages(paper: bytes) -> int:
    return len(pikepdf.open(io.BytesIO(paper)).pages)


def test_twenty_five_labels_take_two_sheets(sell: Sell, printed: object) -> None:
    in_print(printed.product, stock=None)  # type: ignore[attr-defined]  # a price
    parcels = [sell() for _each in range(25)]
    assert pages(sheet_of_labels(parcels)) == 2
    assert pages(single_labels(parcels)) == 25


def test_a_single_label_is_ten_by_fifteen(sell: Sell) -> None:
    paper = pikepdf.open(io.BytesIO(single_labels([sell(LONG)])))
    sides = [round(float(each) / 72 * 25.4) for each in paper.pages[0].mediabox[2:]]
    assert sides == [100, 150]


def test_two_things_for_one_order_and_place_are_one_label(sell: Sell) -> None:
    first = sell()
    second = sell()
    second.order_reference = first.order_reference
    assert pages(single_labels([first, second])) == 1


def test_the_packing_list_counts_what_goes_out(sell: Sell) -> None:
    assert pages(packing_list([sell(), sell(LONG)])) == 1


def test_a_table_is_no_formula(sell: Sell) -> None:
    parcel = sell(replace(HOME, name="=HYPERLINK(1)", note="+1", city="@x"))
    rows = list(csv.reader(io.StringIO("".join(rows_to_csv(table_header(), [table_row(parcel)])))))
    assert rows[1][3] == "'=HYPERLINK(1)"
    assert not any(cell.startswith(("=", "+", "@", "-")) for cell in rows[1])
