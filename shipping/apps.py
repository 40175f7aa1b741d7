"""Posting: where things go, what that costs, and each parcel on its way."""

from django.apps import AppConfig


class ShippingConfig(AppConfig):
    """Parcels."""

    name = "shipping"

    def ready(self) -> None:
        """Register what other pages gather from here."""
        from shipping.services.slots import register

        register()
