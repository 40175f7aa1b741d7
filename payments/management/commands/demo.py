"""Load the demo stores, and say where they are and who to sign in as."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from payments.services.demo.stores import STORES, make_demo_stores
from payments.services.demo.year import make_demo_year
from stores.scope import store_scope
from stores.services.addresses import store_origin


class Command(BaseCommand):
    """May be run again: what is there already stays as it is."""

    help = "Loads two demo stores; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing and print the way in."""
        stores = make_demo_stores()
        if settings.STRIPE_API_BASE:
            make_demo_year()
        for demo, store in zip(STORES, stores, strict=True):
            with store_scope(store):
                origin = store_origin(store)
            self.stdout.write(f"\n{store.name}")
            self.stdout.write(f"  the shop      {origin}/")
            self.stdout.write(f"  its admin     {origin}/admin/   as {demo.owner[0]} (owner)")
            self.stdout.write(
                f"                {'':{len(origin) + 9}}or {demo.helper[0]} (support)"
            )
            customers = " or ".join(email for email, _ in demo.customers[:2])
            self.stdout.write(f"  its customers {origin}/shelf/   as {customers}")
        mails = f"{settings.PLATFORM_ORIGIN}/mail/"
        self.stdout.write(f"\nSigning in asks for a code: every mail can be read at {mails}")
