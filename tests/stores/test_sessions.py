"""Sessions and people found by kept SQL are those that Django finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.backends import KeptBackend
from accounts.models import Customer
from stores.models import Store
from stores.sessions import SessionStore


@pytest.mark.django_db
def test_a_session_is_found_until_it_ends() -> None:
    made = SessionStore()
    made["a"] = 1
    made.save()
    key = made.session_key
    assert SessionStore(key).load() == {"a": 1}

    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    over = SessionStore(key)
    assert over.load() == {}
    assert over.session_key is None


@pytest.mark.django_db
def test_no_session_is_found_without_its_key() -> None:
    SessionStore().save()
    assert SessionStore("nobody").load() == {}
    assert SessionStore(None).load() == {}


def test_whoever_is_no_longer_active_is_out_at_once(
    store: Store, charlie: Customer, browse: Callable[..., Client]
) -> None:
    reader = browse(store, charlie.user)
    assert reader.get("/account/").status_code == 200
    assert KeptBackend().get_user(charlie.user_id) == charlie.user

    type(charlie.user).objects.filter(pk=charlie.user_id).update(is_active=False)
    assert KeptBackend().get_user(charlie.user_id) is None
    assert reader.get("/account/").status_code == 302


def test_a_session_begun_before_there_was_the_new_name_still_holds(
    store: Store, charlie: Customer, browse: Callable[..., Client]
) -> None:
    reader = browse(store, charlie.user)
    session = reader.session
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    assert reader.get("/account/").status_code == 200
