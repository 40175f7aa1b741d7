"""Tidying at the door."""

from datetime import timedelta

from celery import shared_task

from accounts.models import HandOver, SignIn
from core import clock

KEPT = timedelta(days=2)


@shared_task(name="accounts.tasks.forget_old_ways_in")
def forget_old_ways_in() -> None:
    """Delete sign-ins and hand-overs that ended two days ago, and the addresses in them."""
    ended_before = clock.now() - KEPT
    SignIn.objects.filter(expires_at__lt=ended_before).delete()
    HandOver.objects.filter(expires_at__lt=ended_before).delete()
