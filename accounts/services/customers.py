"""A user as the customer of one store."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Customer, Invitation, User
from stores.models import Staff
from stores.scope import current_store
from stores.services.closing.phases import Phase, phase_of


def customer_of_user(user: User, *, language: str) -> Customer:
    """Return this user's customer in the store in scope, making it if need be."""
    customer: Customer
    customer, _is_new = Customer.objects.get_or_create(user=user, defaults={"language": language})
    return customer


def come_in(user: User, *, language: str, now: datetime) -> None:
    """Note that somebody entered the store in scope; who is not its staff becomes its customer."""
    is_invited = Invitation.objects.filter(
        email=user.email, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    )
    phase = phase_of(current_store().closing_since, now)
    takes_in = phase in {Phase.OPEN, Phase.NOTICE} and not is_invited.exists()
    if takes_in and not Staff.objects.filter(user=user).exists():
        customer_of_user(user, language=language)
    Customer.objects.filter(user=user).update(last_seen_at=now)
