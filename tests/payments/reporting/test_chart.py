"""The chart of bars: what it draws stays a chart, however few or many days it is of."""

from __future__ import annotations

from itertools import pairwise

import pytest

from payments.admin.reports.chart import WIDEST, WIDTH, draw


@pytest.mark.parametrize("days", [1, 2, 7, 30, 366])
@pytest.mark.parametrize("is_rtl", [False, True])
def test_bars_stand_apart_in_the_order_that_is_read(days: int, is_rtl: bool) -> None:  # noqa: FBT001 -- parametrized
    chart = draw([(day + 1, "words", "label") for day in range(days)], top="₪9", is_rtl=is_rtl)
    assert chart is not None
    places = [(float(bar.x), float(bar.x) + float(bar.width)) for bar in chart.bars]
    places = places[::-1] if is_rtl else places
    assert all(0 <= left < right <= WIDTH for left, right in places)
    assert all(end < begin for (_, end), (begin, _) in pairwise(places))
    assert all(float(bar.width) <= WIDEST for bar in chart.bars)
