"""Products: what is sold, at which prices, through one contract for all formats."""

from datetime import timedelta

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    """The catalogue."""

    name = "products"

    def ready(self) -> None:
        """Register the built-in bundle, the checks and the sweep of expired holds."""
        from products.contract import formats
        from products.services import checks  # noqa: F401 -- registers the system checks
        from products.services.bundles import BundleFormat
        from products.services.slots import register
        from stores.slots import sweeps

        formats.register(BundleFormat())
        register()
        sweeps.add(
            "products.release_holds", timedelta(minutes=1), "products.tasks.release_expired_holds"
        )
        sweeps.add("products.forget_deleted", timedelta(minutes=5), "products.tasks.forget_deleted")
        sweeps.add("products.tell_lists", timedelta(minutes=1), "products.tasks.tell_lists")
        sweeps.add(
            "products.forget_unconfirmed", timedelta(hours=6), "products.tasks.forget_unconfirmed"
        )
