"""Pages of the shop as shares of bare views: how much of a plain Django page's speed is left."""

from __future__ import annotations

import sys

from django.core.cache import caches

from bench.measuring import promised, share
from bench.serving import fetch
from bench.shop import Shop, open_shop

WARM, COLD, INSIDE = 1.0, 0.3, 0.35


def shop_window(shop: Shop) -> list[bool]:
    """Measure home and a product's page, kept and rendered anew."""
    held = []
    for name, url in (("home", "/"), ("product page", shop.product_url)):

        def cold(url: str = url) -> None:
            caches["pages"].clear()
            fetch(shop.visitor, url)

        bare = {"bare": lambda: fetch(shop.bare, "/page/")}
        warm = share(f"{name}, warm", bare | {"ours": lambda url=url: fetch(shop.visitor, url)})
        held.append(promised(warm, at_least=WARM))
        held.append(promised(share(f"{name}, cold", bare | {"ours": cold}), at_least=COLD))
    return held


def inside(shop: Shop) -> list[bool]:
    """Measure the shelf and a book's page against a page with a session and a user."""
    held = []
    for name, url in (("shelf", "/shelf/"), ("reader page", shop.read_url)):
        bare = {"session and user": lambda: fetch(shop.user, "/page/")}
        found = share(name, bare | {"ours": lambda url=url: fetch(shop.reader, url)})
        held.append(promised(found, at_least=INSIDE))
    return held


def main() -> None:
    """Measure and print, and say by the exit whether every promise holds."""
    shop = open_shop(b"PK" * 50_000)
    sys.exit(not all([*shop_window(shop), *inside(shop)]))


if __name__ == "__main__":
    main()
