"""Clubs: the format that comes month by month."""

from datetime import timedelta

from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    """The club format."""

    name = "memberships"

    def ready(self) -> None:
        """Plug the format in, and fill the slots."""
        from memberships.format import ClubFormat
        from memberships.services import slots
        from memberships.services.demo_members import settle_demo_members
        from products.contract import formats
        from stores.slots import demo_lived, sweeps

        formats.register(ClubFormat())
        slots.register()
        demo_lived.register("memberships", settle_demo_members)
        sweeps.add("memberships.missed", timedelta(hours=1), "memberships.tasks.owe_missed")
        sweeps.add("memberships.open", timedelta(minutes=1), "memberships.tasks.open_months")
