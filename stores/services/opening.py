"""Opening a store, and telling the world that something about it changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock
from stores.errors import HostTaken
from stores.models import Domain, Look, Staff, Store
from stores.roles import Role
from stores.scope import store_scope

if TYPE_CHECKING:
    from accounts.models import User

RESERVED_LABELS = frozenset(
    {"www", "admin", "api", "app", "mail", "smtp", "ftp", "static", "media", "assets", "help"}
    | {"support", "status", "blog", "platform", "operator", "stripe", "webhooks", "account"}
    | {"accounts", "billing", "store", "stores", "shop", "sevenfold", "docs", "cdn", "ns", "ns1"}
)
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])")
CURRENCY_COUNTRY = {"ILS": ("IL", "Asia/Jerusalem"), "GBP": ("GB", "Europe/London")}


def is_free_label(label: str) -> bool:
    """Whether ``label`` may become the first label of a new store's host."""
    if not LABEL.fullmatch(label) or label in RESERVED_LABELS or label.startswith("xn--"):
        return False
    return not Store.objects.at_host(host_for(label)).exists()


def host_for(label: str) -> str:
    """Return the host a store with this label answers at."""
    return f"{label}.{settings.STORE_HOST_SUFFIX}"


def open_store(
    owner: User,
    *,
    name: str,
    label: str,
    language: str,
    currency: str,
    colour: str,
    owner_name: str = "",
    time_zone: str = "",
) -> Store:
    """Open a working store at ``label`` with ``owner`` as its owner; HostTaken when it is taken."""
    if not is_free_label(label):
        raise HostTaken(label)
    country, zone = CURRENCY_COUNTRY.get(currency, ("", "UTC"))
    try:
        with transaction.atomic():
            store = Store.objects.create(
                name=name,
                language=language,
                currency=currency,
                country=country,
                time_zone=time_zone or zone,
            )
            with store_scope(store):
                Look.objects.create(store=store, colour=colour)
                Domain.objects.create(
                    host=host_for(label), is_primary=True, is_ours=True, verified_at=clock.now()
                )
                Staff.objects.create(user=owner, name=owner_name or name, role=Role.OWNER)
    except IntegrityError as error:
        raise HostTaken(label) from error
    return store


def touch(store: Store) -> None:
    """Make every cached page of the store stale, after something visible changed."""
    Store.objects.filter(pk=store.pk).update(version=F("version") + 1)
