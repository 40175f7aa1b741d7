"""Part keys: a link in a mail that opens one part, in three browsers, for thirty days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from access.contract import Key
from access.errors import KeyIsUsedUp
from access.models import PartKey
from accounts.models import Customer
from core import tokens
from products.models import Part

LASTS = timedelta(days=30)


def make_part_key(
    customer: Customer, part: Part, now: datetime, *, lasts: timedelta = LASTS
) -> str:
    """Return the secret of a new key to ``part``; only its hash is kept."""
    secret = tokens.secret()
    PartKey.objects.create(
        key_hash=tokens.keyed_hash("part-key", secret),
        customer=customer,
        part=part,
        created_at=now,
        expires_at=now + lasts,
    )
    return secret


def make_part_keys(wanted: Sequence[tuple[Customer, Part]], now: datetime) -> list[str]:
    """Return the secrets of new keys, in the order asked for, made in one query."""
    secrets = [tokens.secret() for _each in wanted]
    PartKey.objects.bulk_create(
        PartKey(
            key_hash=tokens.keyed_hash("part-key", secret),
            customer=customer,
            part=part,
            created_at=now,
            expires_at=now + LASTS,
        )
        for secret, (customer, part) in zip(secrets, wanted, strict=True)
    )
    return secrets


@transaction.atomic
def use_part_key(secret: str, *, browser: str, now: datetime) -> PartKey:
    """Return the key behind ``secret`` for this browser; KeyIsUsedUp when it opens no more."""
    key: PartKey | None = (
        PartKey.objects.select_for_update(no_key=True)
        .filter(key_hash=tokens.keyed_hash("part-key", secret), expires_at__gt=now)
        .first()
    )
    if key is None:
        raise KeyIsUsedUp("unknown or old")
    if browser not in key.browsers:
        if len(key.browsers) >= PartKey.MAX_BROWSERS:
            raise KeyIsUsedUp("opened in too many browsers")
        key.browsers = [*key.browsers, browser]
        key.save(update_fields=["browsers"])
    return key


def keys_of(customer: Customer, now: datetime) -> QuerySet[PartKey]:
    """Return the links that were mailed to a customer and still open, the newest first."""
    live: QuerySet[PartKey] = PartKey.objects.filter(customer=customer, expires_at__gt=now)
    return live.select_related("part__product").order_by("-id")


def name_of(key: PartKey) -> str:
    """Return what a link is called on its owner's page; it opens nothing."""
    return tokens.keyed_hash("part-key-name", str(key.pk))[:20]


def end_keys(customer: Customer, now: datetime, *, name: str = "") -> int:
    """End the links that were mailed to a customer, or the one called so; return how many."""
    live: QuerySet[PartKey] = keys_of(customer, now)
    if name:
        live = live.filter(pk__in=[key.pk for key in live if tokens.same(name_of(key), name)])
    return int(live.update(expires_at=now))


def live_keys(key_ids: list[int], now: datetime) -> frozenset[Key]:
    """Return what these keys open at ``now``."""
    if not key_ids:
        return frozenset()
    rows = PartKey.objects.filter(pk__in=key_ids, expires_at__gt=now)
    return frozenset(Key(*row) for row in rows.values_list("customer_id", "part_id"))
