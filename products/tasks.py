"""Sweeps of the catalogue."""

from celery import shared_task

from core import clock
from products.models import Hold
from products.services import drafts, lists
from stores.models import Store
from stores.scope import all_stores, store_scope

BATCHES = 20
"""How many batches one task works off before the next goes on."""
TELL_SECONDS = 60


@shared_task(name="products.tasks.release_expired_holds")
def release_expired_holds() -> None:
    """Mark holds that ran out without a sale as released; no count of places waits for it."""
    moment = clock.now()
    with all_stores():
        Hold.objects.expired(moment).update(released_at=moment)


@shared_task(name="products.tasks.forget_deleted")
def forget_deleted() -> None:
    """Delete for good what nobody brought back within ten minutes."""
    moment = clock.now()
    for store in Store.objects.filter(pk__in=drafts.stores_with_deleted(moment)):
        with store_scope(store):
            drafts.forget_deleted(moment)


@shared_task(name="products.tasks.tell_lists")
def tell_lists() -> None:
    """Wake a worker for every store in which people on a list are to be told."""
    for store_id in lists.stores_with_due(clock.now()):
        tell_lists_in.apply_async((store_id,), expires=TELL_SECONDS, retry=False)


@shared_task(name="products.tasks.tell_lists_in")
def tell_lists_in(store_id: int) -> None:
    """Tell the due people of one store, and go on in another task when there are many."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = lists.tell(clock.now(), batches=BATCHES)
    if has_more:
        tell_lists_in.apply_async((store_id,), retry=False)


@shared_task(name="products.tasks.forget_unconfirmed")
def forget_unconfirmed() -> None:
    """Delete addresses on lists that nobody confirmed within a week."""
    lists.forget_unconfirmed(clock.now())
