"""Taking one's data along, and being forgotten in a store."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.template.loader import render_to_string

from accounts.models import AddressChange, Browser, Customer, SignIn, User
from accounts.services.browsers import browsers_of, end
from accounts.services.finding.keeping import forget_words
from core import tokens
from mail.models import Message, PlatformMessage
from mail.rules import NOWHERE
from stores import slots
from stores.models import Staff
from stores.scope import all_stores, current_store
from stores.services import log, undoing

NOBODY = f"erased@{NOWHERE}"
State = Message.State
NAMES = ("customer_name", "said_name", "said")
"""What mails to creators call a customer, and what they quote of them."""


def facts_of(customer: Customer) -> dict[str, Any]:
    """Return all that is known of a customer in this store, by the app that knows it."""
    return {
        key: entry.export(customer)
        for key, entry in zip(slots.personal_data.keys(), slots.personal_data.all(), strict=True)
    }


def copy_of(customer: Customer, *, now: datetime) -> bytes:
    """Return a zip with all that is known of a customer: for programs, and for people to read."""
    facts = facts_of(customer)
    page = render_to_string(
        "accounts/copy.html",
        {"facts": _readable(facts), "store": current_store(), "now": now, "person": customer},
    )
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        archive.writestr("data.html", page)
    return kept.getvalue()


def farewells(customer: Customer, now: datetime) -> list[str]:
    """Return what a customer should know before they are forgotten."""
    return [str(line) for entry in slots.farewells.all() for line in entry(customer, now)]


def erase_customer(customer: Customer, *, now: datetime) -> None:
    """Forget a customer in this store: what may go goes, the rest no longer says who it was.

    The person's user goes with their last store. Twice is once.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=customer.user_id)
        locked: Customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        if locked.erased_at is not None:
            return
        for entry in slots.personal_data.all():
            entry.erase(locked)
        forget_words(locked)
        undoing.forget_person(locked, email=user.email, name=str(locked), now=now)
        log.forget(email=user.email, name=str(locked), subjects=[locked])
        nobody = User.objects.create_user(f"erased-{tokens.public_id()}@{NOWHERE}", is_active=False)
        Customer.objects.filter(pk=locked.pk).update(
            user=nobody, name="", time_zone="", erased_at=now, last_seen_at=None
        )
        SignIn.objects.filter(email=user.email, store=current_store()).delete()
        for browser in browsers_of(user, current_store()):
            end(browser)
        if not _is_anybody(user):
            _forget_user(user)


def _is_anybody(user: User) -> bool:
    """Whether somebody is still a customer, staff or an operator anywhere."""
    if user.is_superuser or user.is_staff:
        return True
    with all_stores():
        is_customer = Customer.objects.filter(user=user).exists()
        return bool(is_customer or Staff.objects.filter(user=user).exists())


def _forget_user(user: User) -> None:
    """Forget somebody who is nowhere any more, and the mails that went to them elsewhere."""
    with all_stores():
        for rows in (Message.objects, PlatformMessage.objects):
            _wipe(rows.filter(to_address=user.email))
    SignIn.objects.filter(email=user.email).delete()
    user.delete()


def _wipe(messages: Any) -> None:
    """Take the person out of mails that were to them; what waits is not sent."""
    messages.filter(state=State.WAITING).delete()
    messages.update(to_address=NOBODY, to_name="", subject="", context={})


class Person:
    """What this app knows of a customer: who they are here, and where they are signed in."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return it as plain values."""
        browsers = Browser.objects.filter(user=customer.user, store=current_store())
        return {
            "email": customer.user.email,
            "name": customer.name,
            "language": customer.language,
            "time_zone": customer.time_zone,
            "since": customer.created_at.isoformat(),
            "last_seen": customer.last_seen_at.isoformat() if customer.last_seen_at else None,
            "signed_in_with": [
                {
                    "browser": each.agent,
                    "since": each.began_at.isoformat(),
                    "last_seen": each.last_seen_at.isoformat(),
                }
                for each in browsers
            ],
            "address_changes": [
                {
                    "from": each.old_email,
                    "to": each.new_email,
                    "at": each.created_at.isoformat(),
                    "made_at": each.done_at.isoformat() if each.done_at else None,
                }
                for each in AddressChange.objects.filter(user=customer.user, store=current_store())
            ],
        }

    def erase(self, customer: Customer) -> None:
        """Forget nothing here: ``erase_customer`` takes the person out of the row itself."""


class Letters:
    """The mails this store sent to a customer's address."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return which mails went out and when."""
        sent = Message.objects.filter(to_address=customer.user.email).order_by("id")
        return {
            "mails": [
                {"kind": each.kind, "at": each.created_at.isoformat(), "state": each.state}
                for each in sent
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Take the person out of what was sent, to them and about them; what waits is not sent."""
        email = customer.user.email
        theirs = Message.objects.filter(to_address=email)
        if Staff.objects.filter(user=customer.user).exists():
            theirs = theirs.exclude(kind__in=_kinds_of_creators())  # those are the store's
        _wipe(theirs)
        named = Message.objects.annotate(said=Cast("context", TextField()))
        for message in named.filter(said__icontains=f'"{email}"'):
            _take_out(message, email)


def _kinds_of_creators() -> set[str]:
    return {kind.key for kind in slots.mail_kinds.all() if kind.to_creator}


def _take_out(message: Message, email: str) -> None:
    """Take a person out of a mail that was about them and to somebody else."""
    mine = Message.objects.filter(pk=message.pk)
    if message.kind not in _kinds_of_creators():
        _wipe(mine)  # to the other of their own addresses
    elif message.state == State.WAITING:
        said = {key: "" if key in NAMES else each for key, each in message.context.items()}
        mine.update(context={key: NOBODY if each == email else each for key, each in said.items()})
    else:
        mine.update(subject="", context={})


def _readable(value: Any) -> Any:
    """Return plain values as nested pairs and lists that a template can walk."""
    if isinstance(value, dict):
        rows = [(str(key).replace("_", " "), _readable(inner)) for key, inner in value.items()]
        return {"pairs": rows}
    if isinstance(value, list | tuple):
        return {"entries": [_readable(inner) for inner in value]}
    return {"text": "" if value is None else str(value)}
