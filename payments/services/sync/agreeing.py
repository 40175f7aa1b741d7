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
    for _try in range(TRIES):
        seen = version()
        facts = fetch()
        steps.reach("sync.fetched")
        with transaction.atomic():
            locked: Order = Order.objects.select_for_update().get(pk=order.pk)
            steps.reach("sync.locked")
            if version() != seen:
                continue
            write(locked, facts)
            steps.reach("sync.written")
        steps.reach("sync.committed")
        return facts
    raise TryLater(_("This order is busy. It will be tried again in a moment."))
