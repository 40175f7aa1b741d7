"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStage
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language

from accounts.models import User
from accounts.services.customers import come_in
from accounts.services.second_steps import has_second_step
from accounts.views.here import STEP_STAGE, at, passed_step
from core import clock, tokens
from stores.admin import log
from stores.middleware import host_of
from stores.models import Staff
from stores.services.log import write


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Allauth keeps credentials and the steps of a login; sign-up, words and mails are ours."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse allauth's own sign-up: people come by code, or by opening a store."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return the one step there is between the first proof and a session."""
        return ["accounts.adapter.SecondStep"]

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Let somebody who passed every step into the store they are at."""
        if getattr(request, "store", None) is not None:
            come_in(user, language=get_language() or "", now=clock.now())
            staff = Staff.objects.filter(user=user).first()
            if staff is not None:
                write(staff, log.ENTER, staff)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    def add_message(self, *args: Any, **options: Any) -> None:
        """Say nothing in allauth's words; the page after the door speaks for itself."""


class SecondStep(LoginStage):  # type: ignore[misc]  # allauth ships no types
    """Ask who has an authenticator app, or a passkey for this host, to show it.

    Not allauth's own stage: that one counts passkeys of every host, and one that was made for
    another store could never be shown here.
    """

    key = STEP_STAGE

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where to go first, or nothing when there is no more to prove."""
        user = self.login.user
        if not has_second_step(user, host_of(self.request)) or passed_step(self.request, user):
            return None, True
        return HttpResponseRedirect(at(self.request, "second-step")), True


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Secrets of authenticator apps are kept under our key, and named as we say."""

    label = ""
    issuer = ""

    def get_totp_label(self, user: Any) -> str:
        """Return what the app calls the account."""
        return self.label

    def get_totp_issuer(self) -> str:
        """Return what the app calls the place."""
        return self.issuer

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored: a stolen table opens nothing."""
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return _safe().decrypt(encrypted_text.encode()).decode()


def _safe() -> Fernet:
    return Fernet(tokens.fernet_key("second-step"))
