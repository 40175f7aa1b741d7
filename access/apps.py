"""Access: who may open what, from when, until when, and why."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AccessConfig(AppConfig):
    """The heart."""

    name = "access"

    def ready(self) -> None:
        """Register the sweeps of additions and openings, and the mails that tell of them."""
        from access.services import heirs, presales
        from access.services.personal import AccessOfCustomer, end_links, links_section
        from products.contract import holders, owners, presale_buyers
        from stores.slots import (
            MailKind,
            account_sections,
            address_changes,
            mail_kinds,
            personal_data,
            sweeps,
        )

        personal_data.register("access", AccessOfCustomer())
        account_sections.register("links", links_section)
        address_changes.register("links", end_links)
        sweeps.add("access.additions", timedelta(minutes=1), "access.tasks.give_additions")
        mail_kinds.register(
            "added",
            MailKind(
                "added",
                gettext_lazy("something was added"),
                placeholders=("title", "bundle", "opens", "shelf_url"),
                priority=8,
                when=gettext_lazy("When you put something into what people bought before."),
                waits=True,
            ),
        )
        sweeps.add("access.heirs", timedelta(minutes=1), "access.tasks.give_heirs")
        mail_kinds.register(
            "replaced_free",
            MailKind(
                "replaced_free",
                gettext_lazy("another product took the place of one"),
                ("title", "former", "open_url", "shelf_url"),
                priority=8,
                when=gettext_lazy(
                    "When a product is no longer sold and those who bought it get another free."
                ),
                waits=True,
                required=("open_url",),
            ),
        )
        mail_kinds.register(
            "replaced_price",
            MailKind(
                "replaced_price",
                gettext_lazy("a price for those who bought the one before"),
                ("title", "former", "amount", "product_url"),
                priority=9,
                when=gettext_lazy(
                    "When another product takes the place of one, at a price for its buyers who"
                    " said yes to news."
                ),
                is_marketing=True,
                required=("product_url",),
            ),
        )
        holders.append(heirs.holders_of)
        presale_buyers.append(presales.buyers)
        owners.append(presales.owners)
        sweeps.add("access.presales", timedelta(minutes=1), "access.tasks.work_presales")
        mail_kinds.register(
            "presale_opened",
            MailKind(
                "presale_opened",
                gettext_lazy("a presale opened"),
                ("title", "store_name", "open_url", "shelf_url", "until"),
                priority=8,
                when=gettext_lazy("When what was bought before its opening opens."),
                waits=True,
                required=("open_url",),
            ),
        )
        mail_kinds.register(
            "presale_delayed",
            MailKind(
                "presale_delayed",
                gettext_lazy("an opening is late"),
                ("title", "store_name", "was", "back_url", "shelf_url"),
                priority=8,
                when=gettext_lazy(
                    "When what was bought before its opening is not ready on its day, the same day."
                ),
                required=("was",),
            ),
        )
        mail_kinds.register(
            "presale_moved",
            MailKind(
                "presale_moved",
                gettext_lazy("an opening moved"),
                ("title", "store_name", "was", "opens", "back_url", "shelf_url"),
                priority=8,
                when=gettext_lazy("On the day you move the opening of what was bought already."),
                required=("opens",),
            ),
        )
