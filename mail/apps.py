"""Mail: the outbox, in which every message is a row before it is sent."""

from datetime import timedelta

from django.apps import AppConfig

from stores.slots import sweeps


class MailConfig(AppConfig):
    """The outbox."""

    name = "mail"

    def ready(self) -> None:
        """Send what is due even if every wake-up was lost."""
        sweeps.add("mail.send_due", timedelta(seconds=20), "mail.tasks.send_due")
