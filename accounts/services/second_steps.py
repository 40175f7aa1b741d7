"""The second step of signing in: an authenticator app, and codes for when it is lost.

The rows are allauth's. Its own limits and its memory of used codes live in a cache each process
has to itself, so ours are here, where every process sees the same.
"""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import TooOften, WrongStep
from accounts.models import User
from accounts.rules import BY_STEP, BY_STEP_AND_DAY, typed_code
from accounts.services.browsers import end_all
from accounts.services.letters import security_notice
from core import tokens
from core.limits import Once
from stores.models import Store

Type = Authenticator.Type
USED_CODES = Once("step", seconds=120, guards_a_secret=True)
"""Remembered for longer than a code of the app is good for."""


def new_secret() -> str:
    """Return a secret for an authenticator app."""
    return str(generate_totp_secret())


def app_address(email: str, secret: str, issuer: str) -> str:
    """Return what an authenticator app reads from a picture (otpauth, Google's key URI format)."""
    adapter = get_adapter()
    adapter.issuer, adapter.label = issuer, email
    return str(adapter.build_totp_url(None, secret))


def picture_of(address: str) -> str:
    """Return the QR code of an address as SVG."""
    return str(get_adapter().build_totp_svg(address))


def add_app(user: User, secret: str, code: str) -> list[str]:
    """Set up an authenticator app that shows ``code``; return fresh recovery codes.

    It takes the place of an earlier app. WrongStep, or TooOften.
    """
    _count(user)
    typed = typed_code(code)
    if not validate_totp_code(secret, typed) or not _use_up(user, typed):
        raise WrongStep
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
        TOTP.activate(user, secret)
        return renew_recovery_codes(user)


def remove_app(user: User) -> None:
    """Do without the app; recovery codes go with the last thing they stand in for."""
    Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
    drop_lonely_codes(user)


def renew_recovery_codes(user: User) -> list[str]:
    """Return new recovery codes; the old ones are void."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
        codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    kept = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return 0 if kept is None else len(kept.wrap().get_unused_codes())


def drop_lonely_codes(user: User) -> None:
    """Void the recovery codes of somebody who has nothing left they stand in for."""
    kept = Authenticator.objects.filter(user=user)
    if not kept.exclude(type=Type.RECOVERY_CODES).exists():
        kept.delete()


def check_step(user: User, code: str) -> Authenticator:
    """Return the app or the recovery codes that ``code`` is of, and use the code up.

    A try is counted before the code is looked at. WrongStep, or TooOften.
    """
    _count(user)
    typed = typed_code(code)
    app = Authenticator.objects.filter(user=user, type=Type.TOTP).first()
    if app is not None and validate_totp_code(decrypt(app.data["secret"]), typed):
        if _use_up(user, typed):
            app.record_usage()
            return app
        raise WrongStep
    codes = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    if codes is not None and typed and codes.wrap().validate_code(typed):
        codes.refresh_from_db()
        codes.record_usage()
        return codes
    raise WrongStep


def has_app(user: User) -> bool:
    """Whether an authenticator app is set up."""
    return bool(Authenticator.objects.filter(user=user, type=Type.TOTP).exists())


def has_second_step(user: User, host: str) -> bool:
    """Whether a second step is asked of this person at ``host``.

    A passkey belongs to one host, and is no step at any other.
    """
    kept = Authenticator.objects.filter(user_id=user.pk)
    here = kept.filter(type=Type.TOTP) | kept.filter(type=Type.WEBAUTHN, data__host=host)
    return bool(here.exists())


def guards() -> QuerySet[Authenticator]:
    """Return every app and passkey; recovery codes only stand in for them."""
    found: QuerySet[Authenticator] = Authenticator.objects.exclude(type=Type.RECOVERY_CODES)
    return found


def has_step_anywhere(user: User) -> bool:
    """Whether something guards this person at any host, be it nothing that can be shown here."""
    return guards().filter(user_id=user.pk).exists()


@transaction.atomic
def lift_steps(user: User) -> None:
    """Take app, passkeys and recovery codes of somebody away who lost them all, and tell them.

    For the platform's operator, who made sure who asks. Every session ends.
    """
    if not Authenticator.objects.filter(user=user).delete()[0]:
        return
    end_all(user)
    runs = Store.objects.run_by(user.pk).first()
    language = runs.language if runs else settings.LANGUAGE_CODE
    security_notice(user, "steps_lifted", store=None, language=language)


def _count(user: User) -> None:
    if not all([BY_STEP.hit(str(user.pk)), BY_STEP_AND_DAY.hit(str(user.pk))]):
        raise TooOften(user.email)


def _use_up(user: User, code: str) -> bool:
    """Remember a code as used; False when it was used already, or nobody can remember it."""
    return USED_CODES.take(tokens.keyed_hash("second-step", f"{user.pk}:{code}"))
