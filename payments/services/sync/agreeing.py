"""Fetch, lock, compare, write: the one loop in which Stripe's state becomes ours.

Fetching and then locking alone loses updates: another worker may have fetched later and written
earlier. So the row's version is read before fetching and compared under the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import TryLater
from payments.models import Order
from payments.services import steps

TRIES = 5
Facts = TypeVar("Facts")
Row = TypeVar("Row")


def agree(
    order: Order,
    *,
    version: Callable[[], int],
    fetch: Callable[[], Facts],
    write: Callable[[Order, Facts], None],
) -> Facts:
    """Write what ``fetch`` returns, unless our row moved meanwhile; then start again.

    ``version`` reads the ``sync_version`` of the row in question (-1 when there is none yet) and
    ``write``, in a transaction that holds the order's lock, must raise it. TryLater after
    five moves.
    """

    def lock() -> Order:
        locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        return locked

    return agree_under(lock, version=version, fetch=fetch, write=write)


def agree_under(
    lock: Callable[[], Row],
    *,
    version: Callable[[], int],
    fetch: Callable[[], Facts],
    write: Callable[[Row, Facts], None],
) -> Facts:
    """Do the same under another lock than an order's; ``lock`` takes it and returns its row.

    Where several are needed an order comes before a subscription, and that before an access.
    """
    for _try in range(TRIES):
        seen = version()
        facts = fetch()
        steps.reach("sync.fetched")
        with transaction.atomic():
            locked = lock()
            steps.reach("sync.locked")
            if version() != seen:
                continue
            write(locked, facts)
            steps.reach("sync.written")
        steps.reach("sync.committed")
        return facts
    raise TryLater(_("This order is busy. It will be tried again in a moment."))
