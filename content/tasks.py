"""Sweeps of files on their way."""

from celery import shared_task

from content.services.uploads import checking
from core import clock
from stores.models import Store
from stores.scope import store_scope

ONE_AFTER_ANOTHER = 5
"""How many files one task judges before the next goes on."""
CHECK_SECONDS = 60


@shared_task(name="content.tasks.check_uploads")
def check_uploads() -> None:
    """Wake a worker for every store in which a file has arrived."""
    for store_id in checking.stores_with_arrived(clock.now()):
        check_uploads_in.apply_async((store_id,), expires=CHECK_SECONDS, retry=False)


@shared_task(name="content.tasks.check_uploads_in")
def check_uploads_in(store_id: int) -> None:
    """Judge what arrived in one store, and go on in another task when there is much."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        for _ in range(ONE_AFTER_ANOTHER):
            if not checking.check_next(clock.now()):
                return
    check_uploads_in.apply_async((store_id,), retry=False)


@shared_task(name="content.tasks.forget_uploads")
def forget_uploads() -> None:
    """Let go of parts and files that nobody came back for within a week."""
    now = clock.now()
    for store in Store.objects.filter(pk__in=checking.stores_with_forgotten(now)):
        with store_scope(store):
            checking.forget(now)
    checking.forget_orphans(now)
