"""Mail: the outbox, in which every message is a row before it is sent."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from stores.slots import (
    MailKind,
    due_work,
    duties,
    mail_kinds,
    store_archive,
    sweeps,
    tell_creators,
)


class MailConfig(AppConfig):
    """The outbox."""

    name = "mail"

    def ready(self) -> None:
        """Send what is due even if every wake-up was lost; tell of the morning and of failures."""
        from mail.services import failed, outbox, wordings
        from mail.services.sending import oldest_due

        morning = MailKind(
            "morning",
            _("the morning list"),
            (
                *("duties", "people", "troubles", "numbers", "next_step", "news"),
                "day",
                "admin_url",
            ),
            to_creator=True,
            area="products",
            when=_("At 07:30, when something waits for you; never on a day of rest."),
        )
        mail_kinds.register(morning.key, morning)
        due_work.register("mails", oldest_due)
        sweeps.add("mail.send_due", timedelta(seconds=20), "mail.tasks.send_due")
        sweeps.add("mail.morning", timedelta(minutes=5), "mail.tasks.make_morning_lists")
        duties.register("mails", failed.duties)
        tell_creators.register("mail", outbox.tell_creators)
        store_archive.register("mails", wordings.words_of_store)
