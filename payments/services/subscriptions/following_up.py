"""What is done without anybody asking for those who pay again and again."""

from __future__ import annotations

from datetime import datetime

from payments.services.income import writing
from payments.services.overlaps import ending
from payments.services.subscriptions import owing, raising, reopening, trials


def stores_with_plans(now: datetime) -> list[int]:
    """Return the stores in which any of it is due."""
    found = {*trials.stores_with_ending(now), *raising.stores_with_rises(now)}
    found |= {*owing.stores_with_owed(now), *ending.stores_with_overlaps(now)}
    found |= {*reopening.stores_with_over(now)}
    return sorted(found | {*writing.stores_with_unwritten()})


def work_on_plans(now: datetime) -> None:
    """Do what is due in the store in scope; what was done is on the rows, so twice is once."""
    trials.remind(now)
    reopening.reopen(now)
    raising.work_on_rises(now)
    owing.settle_owed(now)
    writing.write_missing()
    ending.work_on_overlaps(now)
