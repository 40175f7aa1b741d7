"""Accounts: people, their sign-in and their account pages."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from stores.slots import MailKind, mail_kinds, sweeps


class AccountsConfig(AppConfig):
    """People."""

    name = "accounts"

    def ready(self) -> None:
        """Register the mails of the door, and forget what waited there in vain."""
        from accounts.services import consents

        consents.register()
        door = ("code", "url", "minutes")
        sign_in = MailKind(
            "sign-in",
            _("sign-in code"),
            door,
            priority=1,
            wiped=True,
            when=_("When somebody wants to come in."),
            required=("code", "url"),
            sample={"is_known": True},
        )
        mail_kinds.register(sign_in.key, sign_in)
        for key, label, priority in (
            ("platform-sign-in", _("sign-in code"), 1),
            ("platform-welcome", _("welcome"), 2),
        ):
            names = door if priority == 1 else ("store", "store_url", "admin_url")
            kind = MailKind(
                key, label, names, priority, wiped=priority == 1, to_creator=True, of_platform=True
            )
            mail_kinds.register(key, kind)
        sweeps.add("accounts.forget", timedelta(hours=6), "accounts.tasks.forget_old_ways_in")
