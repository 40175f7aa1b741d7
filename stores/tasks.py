"""The workers' heartbeats: one task a queue, so that each says of itself that it is at work."""

from celery import shared_task

from core import clock
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
