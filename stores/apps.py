"""Stores: tenants, hosts, staff, the scope and the slots."""

from django.apps import AppConfig


class StoresConfig(AppConfig):
    """The tenants."""

    name = "stores"

    def ready(self) -> None:
        """Let every line of the log say whose rows it speaks of."""
        from core import logs
        from stores.scope import scoped_store

        logs.add_source("store", lambda: getattr(scoped_store(), "public_id", None))
