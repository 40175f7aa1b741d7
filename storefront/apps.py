"""Storefront: what a visitor sees, and the customer's own shelf."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """The shop's pages, gathered from the catalogue and from every format's contract."""

    name = "storefront"

    def ready(self) -> None:
        """Put the shop's pages into the sitemap."""
        from storefront.services.sitemap import pages_of
        from stores.slots import sitemap

        sitemap.register("storefront", pages_of)
