"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from accounts.models import User
from accounts.services.customers import come_in
from core import clock


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Allauth keeps credentials and the steps of a login; sign-up, words and mails are ours."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse allauth's own sign-up: people come by code, or by opening a store."""
        return False

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Let somebody who passed every step into the store they are at."""
        if getattr(request, "store", None) is not None:
            come_in(user, language=get_language() or "", now=clock.now())
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    def add_message(self, *args: Any, **options: Any) -> None:
        """Say nothing in allauth's words; the page after the door speaks for itself."""


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Authenticator apps and passkeys."""
