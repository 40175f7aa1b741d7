"""Changing a person's address: both mailboxes agree, or the old one is silent for three days.

Who has a mailbox has the person, in every store. So no store's staff ever make a change: they may
begin one, and the old mailbox can stop it (docs/adr).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from accounts.errors import AddressTaken, ChangeOver, TooOften
from accounts.models import AddressChange, Customer, SignIn, User
from accounts.rules import CHANGES_BY_PERSON, CHANGES_TO_ADDRESS
from accounts.services.browsers import end_all
from accounts.services.finding.keeping import gather_anew
from core import tokens
from mail.services.outbox import post, post_platform
from stores import slots
from stores.models import Staff, Store
from stores.scope import all_stores, store_scope
from stores.services.addresses import absolute_url, platform_url

WAITS = timedelta(hours=72)
TOLD_AGAIN_BEFORE = timedelta(hours=24)
LASTS = timedelta(days=14)
OPEN = {"done_at": None, "stopped_at": None}
OLD, NEW = "old", "new"


@transaction.atomic
def begin_change(
    user: User,
    new_email: str,
    *,
    store: Store | None,
    old_is_gone: bool,
    language: str,
    now: datetime,
    by: str = "",
) -> AddressChange:
    """Ask both mailboxes about a change, in place of an earlier one; ``store`` is in scope.

    Begun by staff (``by``), the old mailbox counts as gone, and a person who is more than this
    store's customer waits for the platform's operator besides. TooOften by person and by address.
    """
    calm = [
        CHANGES_BY_PERSON.hit(str(user.pk)),
        CHANGES_TO_ADDRESS.hit(tokens.keyed_hash("limit", new_email)),
    ]
    if not all(calm):
        raise TooOften(new_email)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    AddressChange.objects.filter(user=user, **OPEN).update(stopped_at=now)
    change = AddressChange.objects.create(
        user=user,
        store=store,
        old_email=user.email,
        new_email=new_email,
        language=language,
        by=by,
        old_is_gone=old_is_gone or bool(by),
        is_held=bool(by) and is_more_than_a_customer_of(user, store),
        created_at=now,
        expires_at=now + LASTS,
    )
    _tell(change, "address_new", NEW)
    _tell(change, "address_old", OLD)
    return change


def is_more_than_a_customer_of(user: User, store: Store | None) -> bool:
    """Whether somebody runs a store, the platform, or is a customer of another store."""
    if user.is_superuser or user.is_staff or store is None:
        return True
    with all_stores():
        elsewhere = Customer.objects.filter(user=user).exclude(store=store).exists()
        return bool(elsewhere or Staff.objects.filter(user=user).exists())


def change_behind(public_id: str, key: str, *, store: Store | None) -> tuple[AddressChange, bool]:
    """Return the change a link is about, and whether the link is the old mailbox's.

    ChangeOver for a link that is none, or another host's.
    """
    change = AddressChange.objects.filter(public_id=public_id, store=store).first()
    if change is None:
        raise ChangeOver(public_id)
    is_old, is_new = (tokens.same(key, _key(change, side)) for side in (OLD, NEW))
    if not (is_old or is_new):
        raise ChangeOver(public_id)
    return change, is_old


def agree(change: AddressChange, *, is_old: bool, now: datetime) -> AddressChange:
    """Note that one mailbox says yes; with both the change is made.

    ChangeOver when it is made, stopped or too old; AddressTaken when somebody is there already.
    """
    with transaction.atomic():
        locked = _locked(change, now)
        if is_old:
            locked.old_confirmed_at = locked.old_confirmed_at or now
        else:
            locked.new_confirmed_at = locked.new_confirmed_at or now
        if locked.old_is_gone and locked.new_confirmed_at and locked.due_at is None:
            locked.due_at = now + WAITS
            _tell(locked, "address_waits", OLD)
        locked.save()
        if locked.old_confirmed_at and locked.new_confirmed_at:
            _make(locked, now)
        return locked


def stop(change: AddressChange, *, now: datetime) -> AddressChange:
    """Let nothing come of a change, once; either mailbox may, and the operator."""
    with transaction.atomic():
        locked = _locked(change, now)
        locked.stopped_at = now
        locked.save(update_fields=["stopped_at"])
        for side in (OLD, NEW):
            _tell(locked, "address_stopped", side)
        return locked


@transaction.atomic
def release(change: AddressChange, *, now: datetime) -> AddressChange:
    """Let a change go on that waited for the operator; its three days count from no earlier."""
    locked = _locked(change, now)
    locked.is_held = False
    if locked.due_at is not None:
        locked.due_at = max(locked.due_at, now + TOLD_AGAIN_BEFORE)
        locked.told_again_at = None
    locked.save(update_fields=["is_held", "due_at", "told_again_at"])
    return locked


def work_due(now: datetime) -> int:
    """Tell old mailboxes a day before, and make the changes whose three days are over."""
    waiting = AddressChange.objects.filter(is_held=False, expires_at__gt=now, **OPEN)
    for change in waiting.filter(told_again_at=None, due_at__lte=now + TOLD_AGAIN_BEFORE):
        _tell_again(change, now)
    made = 0
    for change in waiting.filter(due_at__lte=now, told_again_at__lte=now - TOLD_AGAIN_BEFORE):
        try:
            with transaction.atomic():
                locked = _locked(change, now)
                if locked.due_at is not None and locked.due_at <= now and not locked.is_held:
                    _make(locked, now)
                    made += 1
        except ChangeOver:
            continue  # stopped or made a moment ago
        except AddressTaken:
            AddressChange.objects.filter(pk=change.pk, **OPEN).update(stopped_at=now)
    return made


def _tell_again(change: AddressChange, now: datetime) -> None:
    try:
        with transaction.atomic():
            locked = _locked(change, now)
            if locked.told_again_at is None:
                _tell(locked, "address_waits", OLD, again=":again")
                locked.told_again_at = now
                locked.save(update_fields=["told_again_at"])
    except ChangeOver:
        return


def _make(change: AddressChange, now: datetime) -> None:
    user = User.objects.select_for_update(no_key=True).get(pk=change.user_id)
    if user.email != change.old_email:
        raise ChangeOver(change.public_id)
    _make_room(change.new_email)
    user.email, user.confirmed_at = change.new_email, user.confirmed_at or now
    user.save(update_fields=["email", "confirmed_at"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SignIn.objects.filter(email=change.old_email, used_at=None).update(expires_at=now)
    end_all(user)
    change.done_at = now
    change.save()
    _follow(user, change.old_email)
    for side in (OLD, NEW):
        _tell(change, "address_changed", side)


def _make_room(email: str) -> None:
    """Remove whoever is at an address with nothing to their name, or raise AddressTaken."""
    there = User.objects.filter(email=email).first()
    if there is None:
        return
    with all_stores():
        has_something = Customer.objects.filter(user=there).exists()
        runs_something = Staff.objects.filter(user=there).exists()
    if has_something or runs_something or there.is_superuser:
        raise AddressTaken(email)
    there.delete()


def _follow(user: User, old_email: str) -> None:
    """Let what apps above keep beside a customer follow to the new address."""
    with all_stores():
        customers = list(Customer.objects.filter(user=user).select_related("store"))
        gather_anew([each.pk for each in customers])
    for customer in customers:
        with store_scope(customer.store):
            for entry in slots.address_changes.all():
                entry(customer, old_email, user.email)


def _locked(change: AddressChange, now: datetime) -> AddressChange:
    locked = AddressChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    if not locked.is_open(now):
        raise ChangeOver(change.public_id)
    return locked


def _key(change: AddressChange, side: str) -> str:
    """Return the secret in one mailbox's links; the same in every mail, so each of them works."""
    return tokens.keyed_hash(f"address-change-{side}", change.public_id)


def _tell(change: AddressChange, kind: str, side: str, *, again: str = "") -> None:
    """Mail one side; the links lead to the host the change was asked for on."""
    context: dict[str, Any] = {
        "old_email": change.old_email,
        "new_email": change.new_email,
        "is_old": side == OLD,
        "by": change.by,
        "url": _link(change, side),
        "day": _day(change),
    }
    message: dict[str, Any] = {
        "key": f"{kind}:{change.public_id}:{side}{again}",
        "to": change.old_email if side == OLD else change.new_email,
        "language": change.language,
        "context": context,
    }
    if change.store is None:
        post_platform(f"platform-{kind}", **message)
        return
    with store_scope(change.store):
        post(kind, **message)


def _link(change: AddressChange, side: str) -> str:
    words = [change.public_id, _key(change, side)]
    if change.store is None:
        name = "accounts_platform:address-answer"
        return platform_url(reverse(name, settings.PLATFORM_URLCONF, words))
    with store_scope(change.store):
        path = reverse("accounts:address-answer", settings.ROOT_URLCONF, words)
        return absolute_url(change.store, path)


def _day(change: AddressChange) -> str:
    if change.due_at is None:
        return ""
    zone = change.store.zone if change.store else UTC
    with override(change.language):
        return str(date_format(change.due_at.astimezone(zone), "DATETIME_FORMAT"))
