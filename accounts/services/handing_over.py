"""Carrying a signed-in creator from the platform's host to a store's."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.errors import HandOverOver
from accounts.models import HandOver, User
from accounts.rules import HAND_OVER_LIFE
from core import tokens
from stores.models import Staff, Store
from stores.scope import store_scope
from stores.services.addresses import absolute_url


def make_hand_over(
    user: User, store: Store, *, now: datetime, has_second_step: bool = False
) -> str:
    """Return the address on the store's host that signs this member of its staff in, once, soon.

    ``has_second_step`` says that one was passed here: it then counts there.
    HandOverOver for somebody who is no staff of the store.
    """
    with store_scope(store):
        if not Staff.objects.filter(user=user).exists():
            raise HandOverOver(store.public_id)
        token = tokens.secret()
        HandOver.objects.create(
            token_hash=tokens.keyed_hash("hand-over", token),
            user=user,
            store=store,
            has_second_step=has_second_step,
            expires_at=now + HAND_OVER_LIFE,
        )
        return absolute_url(store, reverse("accounts:hand-over", settings.ROOT_URLCONF, [token]))


def use_hand_over(token: str, *, store: Store, now: datetime) -> HandOver:
    """Use a token up and return it, with whom it stands for; HandOverOver unless good and here."""
    waiting = HandOver.objects.filter(
        token_hash=tokens.keyed_hash("hand-over", token),
        store=store,
        used_at=None,
        expires_at__gt=now,
        user__is_active=True,
    )
    found = waiting.select_related("user").first()
    # By the row's own columns only: with a join PostgreSQL lets two who wait for it both win.
    if found is None or not HandOver.objects.filter(pk=found.pk, used_at=None).update(used_at=now):
        raise HandOverOver(store.public_id)
    if not Staff.objects.filter(user=found.user).exists():
        raise HandOverOver(store.public_id)
    return found
