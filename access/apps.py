"""Access: who may open what, from when, until when, and why."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AccessConfig(AppConfig):
    """The heart."""

    name = "access"

    def ready(self) -> None:
        """Register the sweep of additions and the mail that tells of one."""
        from stores.slots import MailKind, mail_kinds, sweeps

        sweeps.add("access.additions", timedelta(minutes=1), "access.tasks.give_additions")
        mail_kinds.register(
            "added",
            MailKind(
                "added",
                gettext_lazy("something was added"),
                placeholders=("title", "bundle", "opens", "shelf_url"),
                priority=8,
            ),
        )
