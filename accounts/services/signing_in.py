"""Signing in by a code that comes by mail: asking for it, mailing it again, and using it.

The answer to asking is the same for everybody, whether the address is known, a stranger's or
staff's: a sign-in that waits, and always one mail. Who has the mailbox learns the rest there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.errors import AddressClosed, SignInOver, TooOften, WrongCode
from accounts.models import Customer, SignIn, User
from accounts.rules import (
    BY_ADDRESS,
    BY_ADDRESS_AND_DAY,
    BY_IP,
    BY_PERSON_AND_DAY,
    BY_STORE,
    CODE_LIFE,
    MAILS_PER_SIGN_IN,
    TRIES,
    shown_code,
)
from accounts.services.confirming import confirm_address
from core import tokens
from mail.services.outbox import post, post_platform
from stores.models import Staff, Store
from stores.services.addresses import absolute_url, platform_url

Purpose = SignIn.Purpose


def ask(
    email: str,
    *,
    store: Store | None,
    ip: str,
    language: str,
    now: datetime,
    next_path: str = "",
    purpose: str = Purpose.SIGN_IN,
    details: dict[str, Any] | None = None,
) -> SignIn:
    """Make a sign-in that waits 15 minutes and mail its code; ``store`` is in scope, or None.

    ``email`` is normal (mail.rules.normal_address). TooOften by IP, by store, and by address: here
    and over all stores.
    """
    _count(email, store=store, ip=ip)
    with transaction.atomic():
        sign_in = SignIn.objects.create(
            store=store,
            email=email,
            purpose=purpose,
            next_path=next_path,
            details=details or {},
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
        _mail_code(sign_in, language=language, now=now)
    return sign_in


def ask_again(sign_in: SignIn, *, ip: str, language: str, now: datetime) -> None:
    """Mail another code for a sign-in that still waits; the earlier ones stay good, tries count on.

    TooOften by the limits of asking and after four mails; SignInOver when it waits no more.
    """
    if not is_waiting(sign_in, now):
        raise SignInOver(sign_in.public_id)
    if len(sign_in.code_hashes) >= MAILS_PER_SIGN_IN:
        raise TooOften(sign_in.public_id)
    _count(sign_in.email, store=sign_in.store, ip=ip)
    with transaction.atomic():
        _mail_code(sign_in, language=language, now=now)


def is_waiting(sign_in: SignIn, now: datetime) -> bool:
    """Whether a code can still be typed."""
    return sign_in.used_at is None and sign_in.expires_at > now and sign_in.tries < TRIES


def use_code(sign_in: SignIn, code: str, *, now: datetime) -> User:
    """Use a sign-in up and return the person, whose address is confirmed by it.

    A try is counted before the code is looked at, so a thousand requests at once are five tries.
    WrongCode, SignInOver, or AddressClosed for somebody the platform has shut out.
    """
    waiting = SignIn.objects.filter(pk=sign_in.pk, used_at=None, expires_at__gt=now)
    if not waiting.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        raise SignInOver(sign_in.public_id)
    sign_in.refresh_from_db(fields=["tries", "code_hashes"])
    offered = _code_hash(sign_in, code)
    if not any([tokens.same(offered, known) for known in sign_in.code_hashes]):  # noqa: C419 -- each is compared, so time tells nothing
        raise WrongCode(TRIES - sign_in.tries)
    with transaction.atomic():
        if not waiting.update(used_at=now):
            raise SignInOver(sign_in.public_id)
        user, _is_new = User.objects.get_or_create(email=sign_in.email)
        user = confirm_address(user, now=now)
    if not user.is_active:
        raise AddressClosed(sign_in.email)
    return user


def code_path(sign_in: SignIn) -> str:
    """Return the path of the page where the code is typed, on the sign-in's own host."""
    page = "sure-code" if sign_in.purpose == Purpose.MAKE_SURE else "code"
    if sign_in.store_id is None:
        name = f"accounts_platform:{page}"
        return reverse(name, settings.PLATFORM_URLCONF, [sign_in.public_id])
    return reverse(f"accounts:{page}", args=[sign_in.public_id])


def _count(email: str, *, store: Store | None, ip: str) -> None:
    place = "platform" if store is None else store.public_id
    person = tokens.keyed_hash("limit", f"{place}:{email}")
    # Every limit is counted, so that how an answer comes about says nothing of the address.
    within = [
        BY_ADDRESS.hit(person),
        BY_ADDRESS_AND_DAY.hit(person),
        BY_PERSON_AND_DAY.hit(tokens.keyed_hash("limit", email)),
        BY_IP.hit(ip),
        BY_STORE.hit(place),
    ]
    if not all(within):
        raise TooOften(place)


def _mail_code(sign_in: SignIn, *, language: str, now: datetime) -> None:
    code = tokens.sign_in_code()
    sign_in.code_hashes = [*sign_in.code_hashes, _code_hash(sign_in, code)]
    sign_in.save(update_fields=["code_hashes"])
    key = f"sign-in:{sign_in.public_id}:{len(sign_in.code_hashes)}"
    path = f"{code_path(sign_in)}#{code}"
    context = {"code": shown_code(code), "minutes": int((sign_in.expires_at - now).seconds / 60)}
    if sign_in.store is not None:
        context |= {
            "url": absolute_url(sign_in.store, path),
            "is_known": _is_known(sign_in.email),
            "other_url": absolute_url(sign_in.store, reverse("payments:find")),
        }
        post("sign-in", key=key, to=sign_in.email, language=language, context=context)
        return
    context |= {
        "url": platform_url(path),
        "is_new_store": sign_in.purpose == Purpose.NEW_STORE,
        "is_known": Store.objects.filter(staff__user__email=sign_in.email).exists(),
        "start_url": platform_url(reverse("accounts_platform:start", settings.PLATFORM_URLCONF)),
    }
    post_platform("platform-sign-in", key=key, to=sign_in.email, language=language, context=context)


def _is_known(email: str) -> bool:
    """Whether this address has anything in the store in scope: for the mail only, never a page."""
    here = [
        Customer.objects.filter(user__email=email).exists(),
        Staff.objects.filter(user__email=email).exists(),
    ]
    return any(here)


def _code_hash(sign_in: SignIn, code: str) -> str:
    return tokens.keyed_hash("sign-in", f"{sign_in.public_id}:{code}")
