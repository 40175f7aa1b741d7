"""Where somebody is signed in: kept as rows, listed, and ended one by one or all at once."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Browser, User
from core.text import clean_line

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from stores.models import Store

LONGEST_AGENT = 300


def keep(user_id: int, *, store: Store | None, session_key: str, agent: str, now: datetime) -> None:
    """Note that this session of somebody was seen now."""
    seen = {
        "user_id": user_id,
        "store": store,
        "agent": clean_line(agent)[:LONGEST_AGENT],
        "last_seen_at": now,
    }
    if Browser.objects.filter(session_key=session_key).update(**seen):
        return
    try:
        with transaction.atomic():
            Browser.objects.create(session_key=session_key, began_at=now, **seen)
    except IntegrityError:
        return  # the same page was asked for twice at once, or its person is gone


def browsers_of(user: User, store: Store | None) -> QuerySet[Browser]:
    """Return where a person is signed in at one host, the newest first."""
    return Browser.objects.filter(user=user, store=store)


def end(browser: Browser) -> None:
    """Sign one browser out."""
    _forget_session(browser.session_key)
    browser.delete()


def end_session(session_key: str) -> None:
    """Forget a browser whose own person signed out."""
    Browser.objects.filter(session_key=session_key).delete()


def end_all(user: User) -> User:
    """End every session of a person, in every store and on the platform; return them anew.

    Also those no row is kept of: a session holds a hash of the round it was begun in.
    """
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    for browser in Browser.objects.filter(user=user):
        end(browser)
    user.refresh_from_db()
    return user


def _forget_session(session_key: str) -> None:
    engine: Any = import_module(settings.SESSION_ENGINE)
    engine.SessionStore(session_key).delete()
