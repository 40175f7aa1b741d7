"""Who of the team receives which of the creator's kinds of mail."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from mail.models import Choice
from stores.models import Staff
from stores.roles import Area, Role
from stores.slots import MailKind, mail_kinds


def creators_kinds(staff: Staff) -> list[MailKind]:
    """Return the kinds this person may receive: the creator's, as far as they see the area."""
    return [
        kind
        for kind in mail_kinds.all()
        if kind.to_creator and not kind.of_platform and may_receive(staff, kind)
    ]


def may_receive(staff: Staff, kind: MailKind) -> bool:
    """Whether this person may see what a kind tells of."""
    return staff.role == Role.OWNER if not kind.area else staff.may_view(Area(kind.area))


def receivers(kind: MailKind) -> list[Staff]:
    """Return the team of the store in scope that may and want to receive a kind.

    Owners receive all until they say otherwise, others nothing until they do.
    """
    chosen = dict(Choice.objects.filter(kind=kind.key).values_list("staff_id", "is_wanted"))
    return [
        person
        for person in Staff.objects.select_related("user").order_by("pk")
        if may_receive(person, kind) and chosen.get(person.pk, person.role == Role.OWNER)
    ]


def wanted_by(staff: Staff) -> set[str]:
    """Return the keys of the kinds this person receives."""
    chosen = dict(Choice.objects.filter(staff=staff).values_list("kind", "is_wanted"))
    is_owner = staff.role == Role.OWNER
    return {kind.key for kind in creators_kinds(staff) if chosen.get(kind.key, is_owner)}


@transaction.atomic
def choose(staff: Staff, wanted: Collection[str]) -> None:
    """Let this person receive these kinds and no others of those they may."""
    for kind in creators_kinds(staff):
        Choice.objects.update_or_create(
            staff=staff, kind=kind.key, defaults={"is_wanted": kind.key in wanted}
        )
