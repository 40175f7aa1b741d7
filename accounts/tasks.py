"""Tidying at the door."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from accounts.models import AddressChange, Browser, HandOver, SignIn
from accounts.services import closing
from accounts.services.changing_address import work_due
from accounts.services.finding import keeping
from core import clock

KEPT = timedelta(days=2)
CHANGES_KEPT = timedelta(days=90)
SESSIONS_LAST = timedelta(seconds=settings.SESSION_COOKIE_AGE)


@shared_task(name="accounts.tasks.forget_old_ways_in")
def forget_old_ways_in() -> None:
    """Delete sign-ins and hand-overs that ended two days ago, and the addresses in them."""
    ended_before = clock.now() - KEPT
    SignIn.objects.filter(expires_at__lt=ended_before).delete()
    HandOver.objects.filter(expires_at__lt=ended_before).delete()
    Browser.objects.filter(last_seen_at__lt=clock.now() - SESSIONS_LAST).delete()
    AddressChange.objects.filter(expires_at__lt=clock.now() - CHANGES_KEPT).delete()


@shared_task(name="accounts.tasks.change_addresses")
def change_addresses() -> None:
    """Tell old mailboxes, and make the changes of address whose days are over."""
    work_due(clock.now())


@shared_task(name="accounts.tasks.gather_words")
def gather_words() -> None:
    """Gather the words by which customers are found who are new or are called otherwise."""
    keeping.gather_due()


@shared_task(name="accounts.tasks.close_stores")
def close_stores() -> None:
    """Go on with the closing of every store where something is due."""
    closing.work_due(clock.now())
