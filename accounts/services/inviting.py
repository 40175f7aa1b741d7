"""Inviting people to the team; they join when they say yes, as whoever they are signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import override

from accounts.errors import InvitationOver, TooOften
from accounts.models import Invitation, User
from core import tokens
from core.limits import Limit
from mail.services.outbox import post
from stores.admin import log
from stores.admin.team import ROLE_NAMES, ROLE_SENTENCES
from stores.models import Staff
from stores.roles import Role
from stores.scope import current_store
from stores.services.addresses import page_url
from stores.services.log import write

LIFE = timedelta(days=7)
BY_TEAM = Limit("invitation", times=30, seconds=24 * 3600)


def invite(*, email: str, name: str, role: str, by: Staff, now: datetime) -> Invitation:
    """Invite an address (normal) to the team of the store in scope, and mail it.

    Whoever waits already is invited anew, in the role said last. TooOften.
    """
    if not BY_TEAM.hit(str(current_store().pk)):
        raise TooOften(email)
    values = {"name": name, "role": role, "by_name": by.name, "sent_at": now}
    with transaction.atomic():
        found, _is_new = Invitation.objects.update_or_create(
            email=email,
            accepted_at=None,
            withdrawn_at=None,
            defaults=values | {"expires_at": now + LIFE},
        )
        invitation: Invitation = found
        _mail(invitation)
    return invitation


def send_again(invitation: Invitation, *, now: datetime) -> None:
    """Mail it once more, good for another seven days; InvitationOver, TooOften."""
    if not BY_TEAM.hit(str(current_store().pk)):
        raise TooOften(invitation.email)
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    with transaction.atomic():
        if not waiting.update(sent_at=now, expires_at=now + LIFE):
            raise InvitationOver(invitation.public_id)
        invitation.refresh_from_db()
        _mail(invitation)


def withdraw(invitation: Invitation, *, now: datetime) -> None:
    """Take it back: its link opens nothing any more."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(withdrawn_at=now)


def standing(public_id: str, key: str, *, now: datetime) -> Invitation:
    """Return the invitation of a mail's link; InvitationOver."""
    found: Invitation | None = Invitation.objects.filter(
        public_id=public_id, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    ).first()
    if found is None or not tokens.same(key_of(found), key):
        raise InvitationOver(public_id)
    return found


def accept(invitation: Invitation, user: User, *, now: datetime) -> Staff:
    """Put who is signed in on the team, once; InvitationOver.

    Somebody who is on it already keeps the role they have.
    """
    waiting = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    )
    with transaction.atomic():
        if not waiting.update(accepted_at=now):
            raise InvitationOver(invitation.public_id)
        try:
            with transaction.atomic():
                staff: Staff = Staff.objects.get_or_create(
                    user=user, defaults={"name": invitation.name, "role": invitation.role}
                )[0]
        except IntegrityError as error:
            raise InvitationOver(invitation.public_id) from error
        said = [] if user.email == invitation.email else [f"{invitation.email} → {user.email}"]
        write(staff, log.JOIN, staff, said)
    return staff


def key_of(invitation: Invitation) -> str:
    """Return what stands in the mail's link; sent anew, the earlier link opens it too."""
    return tokens.keyed_hash("invitation", invitation.public_id)


def _mail(invitation: Invitation) -> None:
    store = current_store()
    with override(store.language):
        context = {
            "by": invitation.by_name,
            "role": str(capfirst(ROLE_NAMES[Role(invitation.role)])),
            "sentence": str(ROLE_SENTENCES[Role(invitation.role)]),
            "day": date_format(invitation.expires_at.astimezone(store.zone), "DATE_FORMAT"),
        }
    path = (invitation.public_id, key_of(invitation))
    post(
        "invitation",
        key=f"invitation:{invitation.public_id}:{invitation.sent_at.isoformat()}",
        to=invitation.email,
        name=invitation.name,
        language=store.language,
        context=context | {"url": page_url("accounts:join", *path, language=store.language)},
    )
