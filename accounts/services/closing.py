"""Telling customers that the store closes, batch by batch, and the steps after that.

A batch is one transaction that holds the closing's row, and its mails have keys of their own: a
worker that is killed, or a second one, changes nothing but the minute.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.utils.translation import override

from accounts.models import Customer
from core.queue import wake
from mail.services.outbox import Letter, post_many, post_to_creators
from stores.models import Closing, Store
from stores.scope import current_store, store_scope
from stores.services.addresses import page_url, store_origin
from stores.services.closing.phases import closed_from, reading_from
from stores.services.closing.steps import due_stores, go_on
from stores.services.closing.words import day_of
from stores.services.opening import touch

Step = Closing.Step
BATCH = 500
MAILS = {Step.TELL: "store_closes", Step.REMIND: "store_closes", Step.STAY: "store_stays"}


def work_due(now: datetime) -> None:
    """Do what is due of every store's closing."""
    for store_id in due_stores(now):
        store = Store.objects.select_related("look").get(pk=store_id)
        with store_scope(store):
            while work_once(now):
                pass


def work_once(now: datetime) -> bool:
    """Do one batch, or one step, of the closing in scope that is due; False when none is."""
    with transaction.atomic():
        closing: Closing | None = (
            Closing.objects.select_for_update(no_key=True)
            .filter(due_at__lte=now)
            .order_by("pk")
            .first()
        )
        if closing is None:
            return False
        if closing.step in MAILS:
            _write_to_some(closing)
        else:
            touch(current_store())
            if closing.step == Step.READ_ONLY:
                _tell_creators(closing)
            go_on(closing)
    return True


def _write_to_some(closing: Closing) -> None:
    some = list(
        Customer.objects.filter(pk__gt=closing.after, erased_at=None)
        .select_related("user")
        .order_by("pk")[:BATCH]
    )
    kind = MAILS[Step(closing.step)]
    origin = store_origin(current_store())
    letters = [_letter(closing, kind, customer, origin) for customer in some]
    post_many(kind, letters)
    wake("mail.tasks.send_store", current_store().pk)
    if len(some) < BATCH:
        go_on(closing)
    else:
        closing.after = some[-1].pk
        closing.save(update_fields=["after"])


def _letter(closing: Closing, kind: str, customer: Customer, origin: str) -> Letter:
    store = current_store()
    language = customer.language or store.language
    key = f"closing:{closing.pk}:{closing.step}:{customer.pk}"
    return Letter(
        key, customer.user.email, language, _context(closing, language, origin), customer.name
    )


def _context(closing: Closing, language: str, origin: str) -> dict[str, Any]:
    store = current_store()
    with override(language):
        return {
            "day": day_of(store, reading_from(closing.asked_at)),
            "last_day": day_of(store, closed_from(closing.asked_at)),
            "shelf_url": page_url("storefront:shelf", language=language, origin=origin),
            "everything_url": _by_the_door("content:everything", language, origin),
        }


def _by_the_door(name: str, language: str, origin: str) -> str:
    """Return a page's address by way of signing in: who is signed in goes through at once."""
    path = page_url(name, language=language, origin=origin).removeprefix(origin)
    door = page_url("accounts:sign-in", language=language, origin=origin)
    return f"{door}?{urlencode({'next': path})}"


def _tell_creators(closing: Closing) -> None:
    store = current_store()
    origin = store_origin(store)
    with override(store.language):
        context = {
            "last_day": day_of(store, closed_from(closing.asked_at)),
            "admin_url": page_url(
                "admin:stores_archive_changelist", language=store.language, origin=origin
            ),
        }
    post_to_creators("store_read_only", key=f"read-only:{closing.pk}", context=context)
