"""Sweeps of the catalogue."""

from celery import shared_task

from core import clock
from products.models import Hold
from stores.scope import all_stores


@shared_task(name="products.tasks.release_expired_holds")
def release_expired_holds() -> None:
    """Mark holds that ran out without a sale as released; no count of places waits for it."""
    moment = clock.now()
    with all_stores():
        Hold.objects.expired(moment).update(released_at=moment)
