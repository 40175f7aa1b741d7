"""The sweep of clubs."""

from functools import partial

from celery import shared_task

from core import clock
from memberships.services import missing, telling
from stores.models import Store
from stores.scope import store_scope

BATCHES = 20
"""How many of up to 500 one task works off before the next goes on."""
WANTED_SECONDS = 60


@shared_task(name="memberships.tasks.open_months")
def open_months() -> None:
    """Wake a worker for every store in which a month opened or a membership ended."""
    for store_id in telling.stores_with_due(clock.now()):
        open_months_in.apply_async((store_id,), expires=WANTED_SECONDS, retry=False)


@shared_task(name="memberships.tasks.open_months_in")
def open_months_in(store_id: int) -> None:
    """Do what is due in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    work = partial(telling.work, batches=BATCHES)
    with store_scope(store):
        has_more = work(clock.now())
    if has_more:
        open_months_in.apply_async((store_id,), retry=False)


@shared_task(name="memberships.tasks.owe_missed")
def owe_missed() -> None:
    """Wake a worker for every store whose clubs owe months by the calendar."""
    for store_id in missing.stores_with_clubs(clock.now()):
        owe_missed_in.apply_async((store_id,), expires=WANTED_SECONDS, retry=False)


@shared_task(name="memberships.tasks.owe_missed_in")
def owe_missed_in(store_id: int) -> None:
    """Owe what was missed in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        missing.owe_missed(clock.now())
