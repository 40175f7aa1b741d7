"""Sweeps of the catalogue."""

from celery import shared_task

from core import clock
from products.models import Hold
from products.services import drafts
from stores.models import Store
from stores.scope import all_stores, store_scope


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
