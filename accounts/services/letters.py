"""Telling people that a way into their account changed."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from core import tokens
from mail.services.outbox import post, post_platform
from stores.models import Store
from stores.services.addresses import absolute_url, platform_url


def security_notice(user: User, what: str, *, store: Store | None, language: str) -> None:
    """Tell somebody what was changed; ``what`` is one of those the template knows."""
    key = f"security:{what}:{tokens.public_id()}"
    if store is None:
        path = reverse("accounts_platform:security", settings.PLATFORM_URLCONF)
        context = {"what": what, "url": platform_url(path)}
        post_platform(
            "platform-security", key=key, to=user.email, language=language, context=context
        )
        return
    context = {"what": what, "url": absolute_url(store, reverse("accounts:security"))}
    post("security", key=key, to=user.email, language=language, context=context)
