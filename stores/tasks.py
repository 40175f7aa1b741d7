"""Sweeps of stores: domains, archives, what was deleted; and the heartbeats of the workers."""

from celery import shared_task

from core import clock
from stores.models import Store
from stores.scope import store_scope
from stores.services import undoing
from stores.services.archiving import make_due
from stores.services.domains.checking import check_due
from stores.services.readiness import say_alive


@shared_task(name="stores.tasks.beat_default")
def beat_default() -> None:
    """Say that the worker of what has no queue of its own is at work."""
    say_alive("default", clock.now())


@shared_task(name="stores.tasks.beat_mail")
def beat_mail() -> None:
    """Say that the mail's worker is at work."""
    say_alive("mail", clock.now())


@shared_task(name="stores.tasks.beat_media")
def beat_media() -> None:
    """Say that the worker of films and files is at work."""
    say_alive("media", clock.now())


@shared_task(name="stores.tasks.forget_deleted")
def forget_deleted() -> None:
    """Forget what nobody brought back within ten minutes."""
    moment = clock.now()
    for store in Store.objects.filter(pk__in=undoing.stores_with_deleted(moment)):
        with store_scope(store):
            undoing.forget(moment)


LONGEST_SECONDS = 6 * 3600
"""A large store's files take their time."""


@shared_task(name="stores.tasks.check_domains")
def check_domains() -> None:
    """Look up every domain whose time has come."""
    check_due(clock.now())


@shared_task(
    name="stores.tasks.make_archives",
    time_limit=LONGEST_SECONDS,
    soft_time_limit=LONGEST_SECONDS - 60,
)
def make_archives() -> None:
    """Make every archive that waits, and let go of those whose week is over."""
    make_due(clock.now())
