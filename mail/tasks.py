"""The outbox's workers: one per store, and the sweep that finds what every wake-up missed."""

from celery import shared_task

from core import clock
from mail.services import morning
from mail.services.sending import send_for_platform, send_for_store, stores_with_due
from stores.models import Store
from stores.scope import store_scope

SWEEP_SECONDS = 20
"""A sweep's knock nobody answered by the next sweep is void, so knocks never pile up."""


@shared_task(name="mail.tasks.send_due")
def send_due() -> None:
    """Send the platform's own messages, and wake a worker for every store that has some due."""
    for store_id in stores_with_due(clock.now()):
        send_store.apply_async((store_id,), expires=SWEEP_SECONDS, retry=False)
    send_for_platform()


@shared_task(name="mail.tasks.send_store")
def send_store(store_id: int) -> None:
    """Send what is due in one store."""
    store = Store.objects.select_related("look").filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        send_for_store()


@shared_task(name="mail.tasks.send_platform")
def send_platform() -> None:
    """Send what is due of the platform's own messages."""
    send_for_platform()


@shared_task(name="mail.tasks.make_morning_lists")
def make_morning_lists() -> None:
    """Make the morning list of every store whose hour has come."""
    now = clock.now()
    for store in Store.objects.select_related("look").filter(pk__in=morning.stores_with_due(now)):
        morning.make_list(store, now=now)
