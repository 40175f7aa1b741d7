"""Stores: tenants, hosts, staff, the scope and the slots."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoresConfig(AppConfig):
    """The tenants."""

    name = "stores"

    def ready(self) -> None:
        """Name the store in every line of the log, hear the workers' hearts, forget, keep dates."""
        from core import logs
        from stores.scope import scoped_store
        from stores.services.away import calendar as away_calendar
        from stores.services.calendar import days_off_items
        from stores.services.domains.telling import duties as domain_duties
        from stores.slots import MailKind, calendar_items, duties, mail_kinds, sweeps

        logs.add_source("store", lambda: getattr(scoped_store(), "public_id", None))
        for queue in ("default", "mail", "media"):
            name = f"stores.beat_{queue}"
            sweeps.add(name, timedelta(seconds=30), f"stores.tasks.beat_{queue}")
        sweeps.add("stores.forget_deleted", timedelta(minutes=2), "stores.tasks.forget_deleted")
        calendar_items.register("stores", days_off_items)
        sweeps.add("stores.domains", timedelta(minutes=5), "stores.tasks.check_domains")
        duties.register("domains", domain_duties)
        calendar_items.register("away", away_calendar)
        words = ("host", "day", "own", "admin_url")
        sweeps.add("stores.archives", timedelta(minutes=1), "stores.tasks.make_archives")
        ready = MailKind(
            "archive_ready",
            _("your archive is ready"),
            ("size", "admin_url"),
            to_creator=True,
            when=_("When the file with your whole store is there."),
        )
        mail_kinds.register(ready.key, ready)
        for key, label, when in (
            (
                "domain_failing",
                _("a domain leads elsewhere"),
                _("When a domain of your shop no longer leads to it."),
            ),
            ("domain_lost", _("a domain was lost"), _("When your shop does without a domain.")),
        ):
            kind = MailKind(key, label, words, to_creator=True, area="settings", when=when)
            mail_kinds.register(key, kind)
