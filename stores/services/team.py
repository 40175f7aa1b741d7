"""Who runs the store: changing a role, leaving, handing over. A store always has an owner."""

from __future__ import annotations

from django.db import transaction

from stores.errors import StoreError
from stores.models import Staff, Store
from stores.roles import Role
from stores.scope import current_store


class LastOwner(StoreError):
    """Make somebody else an owner first."""


@transaction.atomic
def change_role(staff: Staff, role: str) -> Staff:
    """Give somebody of the team another role, at once; LastOwner."""
    kept = _locked(staff)
    if role != Role.OWNER:
        _keep_an_owner(kept)
    kept.role = role
    kept.save(update_fields=["role"])
    return kept


@transaction.atomic
def take_off(staff: Staff) -> None:
    """Take somebody off the team: the next page they open knows it; LastOwner."""
    kept = _locked(staff)
    _keep_an_owner(kept)
    kept.delete()


def hold_owner(staff: Staff) -> None:
    """Lock the team until the transaction ends, and see that an owner stays; LastOwner."""
    _keep_an_owner(_locked(staff))


@transaction.atomic
def hand_over(owner: Staff, heir: Staff) -> Staff:
    """Make ``heir`` an owner and ``owner`` a manager; LastOwner for one who is none."""
    old = _locked(owner)
    new: Staff = Staff.objects.get(pk=heir.pk)
    if old.role != Role.OWNER or old.pk == new.pk:
        raise LastOwner(old.pk)
    Staff.objects.filter(pk=new.pk).update(role=Role.OWNER)
    Staff.objects.filter(pk=old.pk).update(role=Role.MANAGER)
    new.refresh_from_db()
    return new


def is_last_owner(staff: Staff) -> bool:
    """Whether nobody else owns the store."""
    owners = Staff.objects.filter(role=Role.OWNER)
    return owners.filter(pk=staff.pk).exists() and not owners.exclude(pk=staff.pk).exists()


def _locked(staff: Staff) -> Staff:
    """Return the row as it is now; two who change the team wait for one another at the store's."""
    Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)
    found: Staff = Staff.objects.get(pk=staff.pk)
    return found


def _keep_an_owner(staff: Staff) -> None:
    if is_last_owner(staff):
        raise LastOwner(staff.pk)
