"""The sweeps of access: what was added to a bundle is given, what opens is opened and told."""

from celery import shared_task

from access.services import heirs, inclusions, presales
from core import clock
from stores.models import Store
from stores.scope import store_scope

BATCHES = 20
"""How many batches one task works off before the next goes on."""
GIVE_SECONDS = 60


@shared_task(name="access.tasks.give_additions")
def give_additions() -> None:
    """Wake a worker for every store in which buyers are owed something that was added."""
    for store_id in inclusions.stores_with_additions(clock.now()):
        give_additions_in.apply_async((store_id,), expires=GIVE_SECONDS, retry=False)


@shared_task(name="access.tasks.give_additions_in")
def give_additions_in(store_id: int) -> None:
    """Give what is due in one store, and go on in another task when there is much."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = inclusions.give_additions(clock.now(), batches=BATCHES)
    if has_more:
        give_additions_in.apply_async((store_id,), retry=False)


@shared_task(name="access.tasks.work_presales")
def work_presales() -> None:
    """Wake a worker for every store that has a presale."""
    for store_id in presales.stores_with_presales(clock.now()):
        work_presales_in.apply_async((store_id,), expires=GIVE_SECONDS, retry=False)


@shared_task(name="access.tasks.work_presales_in")
def work_presales_in(store_id: int) -> None:
    """Open and tell what is due in one store, and go on in another task when there is much."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = presales.work(clock.now(), batches=BATCHES)
    if has_more:
        work_presales_in.apply_async((store_id,), retry=False)


@shared_task(name="access.tasks.give_heirs")
def give_heirs() -> None:
    """Wake a worker for every store in which a product was replaced and its buyers wait."""
    for store_id in heirs.stores_with_heirs(clock.now()):
        give_heirs_in.apply_async((store_id,), expires=GIVE_SECONDS, retry=False)


@shared_task(name="access.tasks.give_heirs_in")
def give_heirs_in(store_id: int) -> None:
    """Give what is due in one store, and go on in another task when there is much."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = heirs.work(clock.now(), batches=BATCHES)
    if has_more:
        give_heirs_in.apply_async((store_id,), retry=False)
