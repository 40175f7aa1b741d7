"""The first time somebody proves that an address is theirs."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.models import AddressChange, Customer, User
from accounts.services.browsers import end_all
from stores.scope import all_stores


def confirm_address(user: User, *, now: datetime) -> User:
    """Mark the user's address as proved; whatever was set up with it before, by anybody, is void.

    A stranger may have bought, given a name, set a password or a passkey with an address that is
    not theirs. So on the first confirmation passwords, second steps, sessions, changes that wait
    and every name go. Belongs to the caller's transaction.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.confirmed_at is None:
        user.set_unusable_password()
        user.confirmed_at = now
        user.save(update_fields=["password", "confirmed_at"])
        Authenticator.objects.filter(user=user).delete()
        AddressChange.objects.filter(user=user, done_at=None).update(stopped_at=now)
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
        with all_stores():
            Customer.objects.filter(user=user).update(name="", words_due=True)
        user = end_all(user)
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user
