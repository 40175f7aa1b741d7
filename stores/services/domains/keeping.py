"""Adding domains, choosing the first, removing them, and another address on the platform."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from stores.errors import HostTaken, StoreError
from stores.models import Domain, Store
from stores.scope import all_stores, current_store
from stores.services.domains.checking import check
from stores.services.domains.looking import Ask, ask_dns
from stores.services.domains.timing import FORMER_KEPT, SOON
from stores.services.opening import LABEL, RESERVED_LABELS, host_for, touch

MOST_DOMAINS = 10
MOST_FORMER = 3


class TooMany(StoreError):
    """Remove one before you add another."""


class NotVerified(StoreError):
    """Wait until the domain is proved."""


def add_domain(host: str, *, now: datetime, ask: Ask = ask_dns) -> Domain:
    """Write a domain (as ``names.clean_host`` gives it) down for the store in scope, and look.

    Until its proof is found it serves nobody. Adding it again gives the same row.
    TooMany beyond ten.
    """
    with transaction.atomic():
        Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)
        found: Domain | None = Domain.objects.filter(host=host).first()
        if found is None:
            if Domain.objects.filter(is_ours=False).count() >= MOST_DOMAINS:
                raise TooMany(host)
            found = Domain.objects.create(host=host, added_at=now, check_at=now + SOON)
        elif found.verified_at is None:
            found.added_at = now
            found.save(update_fields=["added_at"])
    return check(found, now=now, ask=ask)


def serves_another_store(host: str) -> bool:
    """Whether a domain leads to another store here: its owner must take it out there first."""
    mine = current_store().pk
    with all_stores():
        return bool(
            Domain.objects.filter(host=host)
            .exclude(verified_at=None)
            .exclude(store_id=mine)
            .exists()
        )


@transaction.atomic
def make_primary(domain: Domain) -> Domain:
    """Let all other hosts of the store in scope lead to this one; NotVerified."""
    Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)
    kept: Domain = Domain.objects.select_for_update(no_key=True).get(pk=domain.pk)
    if kept.verified_at is None or kept.kept_until is not None:
        raise NotVerified(kept.host)
    Domain.objects.filter(is_primary=True).exclude(pk=kept.pk).update(is_primary=False)
    kept.is_primary = True
    kept.save(update_fields=["is_primary"])
    touch(current_store())
    return kept


@transaction.atomic
def remove_domain(domain: Domain) -> None:
    """Take a domain of its own from the store; when it was first, the platform's address is."""
    Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)
    kept: Domain | None = Domain.objects.filter(pk=domain.pk, is_ours=False).first()
    if kept is None:
        return
    was_primary = kept.is_primary
    kept.delete()
    if was_primary:
        Domain.objects.filter(is_ours=True, kept_until=None).update(is_primary=True)
    touch(current_store())


def rename(label: str, *, now: datetime) -> Domain:
    """Give the store in scope another address on the platform; the former leads there for a year.

    HostTaken when it is somebody's, TooMany with three former ones. A former one may be taken
    back at any time.
    """
    if not LABEL.fullmatch(label) or label in RESERVED_LABELS or label.startswith("xn--"):
        raise HostTaken(label)
    host = host_for(label)
    try:
        with transaction.atomic():
            Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)
            old: Domain = Domain.objects.get(is_ours=True, kept_until=None)
            if old.host == host:
                return old
            new: Domain | None = Domain.objects.filter(host=host, is_ours=True).first()
            former = Domain.objects.filter(is_ours=True).exclude(kept_until=None)
            if new is None and former.count() >= MOST_FORMER:
                raise TooMany(host)
            was_primary = old.is_primary
            old.is_primary, old.kept_until = False, now + FORMER_KEPT
            old.save()
            new = new or Domain(host=host, is_ours=True, verified_at=now)
            new.is_primary, new.kept_until = was_primary, None
            new.save()
            touch(current_store())
    except IntegrityError as error:
        raise HostTaken(label) from error
    return new
