"""Storefront: what a visitor sees, and the customer's own shelf."""

from datetime import timedelta

from django.apps import AppConfig

SWEEPS = {
    "publish_pages": timedelta(minutes=1),
    "gather_texts": timedelta(minutes=1),
    "make_posters": timedelta(minutes=1),
    "forget_films": timedelta(hours=6),
    "forget_sign_ups": timedelta(hours=6),
}
"""How often each task of the same name in storefront.tasks looks for what is due."""


class StorefrontConfig(AppConfig):
    """The shop's pages, gathered from the catalogue and from every format's contract."""

    name = "storefront"

    def ready(self) -> None:
        """Put the shop's pages and what is sold where they are found, and fill the slots."""
        from storefront.services.demo import make_demo_pages
        from storefront.services.finding.texts import texts_of_pages, texts_of_products
        from storefront.services.sitemap import pages_of
        from storefront.services.slots import register
        from stores.slots import demo_rooms, site_search, sitemap, sweeps

        sitemap.register("storefront", pages_of)
        site_search.register("products", texts_of_products)
        site_search.register("pages", texts_of_pages)
        demo_rooms.register("storefront", make_demo_pages)
        register()
        for name, every in SWEEPS.items():
            sweeps.add(f"storefront.{name}", every, f"storefront.tasks.{name}")
