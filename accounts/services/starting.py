"""A creator's first minute: a store of their own, and a free address for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import TooOften
from accounts.models import User
from accounts.rules import BY_OPENER, LONGEST_LABEL, isolated, suggested_label
from core import tokens
from mail.services.outbox import post_platform
from stores.models import Store
from stores.scope import store_scope
from stores.services.addresses import absolute_url
from stores.services.opening import LABEL, host_for, is_free_label, open_store

MOST_SUGGESTIONS = 30


@dataclass(frozen=True)
class Wish:
    """The store somebody wants to open, as plain values that wait beside the code."""

    name: str
    label: str
    language: str
    currency: str
    colour: str
    owner_name: str
    time_zone: str = ""


def open_wished_store(owner: User, wish: Wish, *, now: datetime) -> Store:
    """Open the store and write its owner a welcome; HostTaken, or TooOften on one day."""
    if not BY_OPENER.hit(str(owner.pk)):
        raise TooOften(owner.email)
    with transaction.atomic():
        store = open_store(owner, **asdict(wish))
        with store_scope(store):
            links = {
                "store_url": absolute_url(store, "/"),
                "admin_url": absolute_url(store, reverse("admin:index", settings.ROOT_URLCONF)),
            }
        post_platform(
            "platform-welcome",
            key=f"welcome:{store.public_id}",
            to=owner.email,
            name=wish.owner_name,
            language=store.language,
            context={"store": store.name, **links},
            due_at=now,
        )
    return store


def label_trouble(label: str) -> str:
    """Return the sentence that says why an address cannot be had, or nothing when it can."""
    if not LABEL.fullmatch(label) or label.startswith("xn--"):
        return _("Use 3 to 40 small Latin letters, digits and hyphens, such as my-shop.")
    if not is_free_label(label):
        return _("{host} is taken. Try another one.").format(host=isolated(host_for(label)))
    return ""


def free_label_for(name: str) -> str:
    """Return a free address made from a store's name."""
    base = suggested_label(name) or "my-store"
    for number in range(1, MOST_SUGGESTIONS):
        ending = "" if number == 1 else f"-{number}"
        label = base[: LONGEST_LABEL - len(ending)].rstrip("-") + ending
        if is_free_label(label):
            return label
    return f"{base[: LONGEST_LABEL - 7]}-{tokens.public_id()[:6]}"
