"""What stands around every page: menu, foot, the line above, policies; kept in the store's row.

The host gate fetches that row anyway, so no page asks for any of it. Whatever changes a page or a
menu calls ``rebuild``, which also makes every kept page stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils.translation import override

from products.models import Category
from storefront.models import Menu, Page
from storefront.services.pages.targets import paths_of
from stores.models import Store
from stores.services.opening import touch

FOOT = "foot"
SOCIAL = {
    "instagram.com": "Instagram",
    "facebook.com": "Facebook",
    "youtube.com": "YouTube",
    "tiktok.com": "TikTok",
    "linkedin.com": "LinkedIn",
    "wa.me": "WhatsApp",
    "t.me": "Telegram",
    "pinterest.com": "Pinterest",
    "x.com": "X",
    "open.spotify.com": "Spotify",
}


def rebuild(store: Store) -> None:
    """Write down what stands around the store's pages in each of its languages."""
    menus = {menu.language: menu for menu in Menu.objects.all()}
    pages = list(Page.objects.published().order_by("kind", "pk"))
    found = {
        language: _around(store, language, menus.get(language), pages)
        for language in {store.language, *store.other_languages}
    }
    of_products = Page.objects.published().filter(kind=Page.Kind.PRODUCT)
    store.navigation = {
        "languages": found,
        "products": list(of_products.values_list("product__public_id", flat=True)),
    }
    Store.objects.filter(pk=store.pk).update(navigation=store.navigation)
    touch(store)


def _around(
    store: Store, language: str, menu: Menu | None, pages: Sequence[Page]
) -> dict[str, Any]:
    here = [page for page in pages if page.language == language]
    before = get_script_prefix()
    set_script_prefix(f"/{language}/" if language in store.other_languages else "/")
    try:
        with override(language):
            policies = [_link(page) for page in here if page.kind == Page.Kind.POLICY]
            return {
                "home": any(page.kind == Page.Kind.HOME for page in here),
                "header": links_of(menu.header) if menu and menu.header else _default_header(here),
                "footer": links_of(menu.footer) if menu else [],
                "social": _social(menu),
                "announcement": menu.announcement if menu else "",
                "announcement_url": menu.announcement_url if menu else "",
                "policies": policies,
                "terms": next(
                    (_link(page)["url"] for page in here if page.topic == Page.Topic.TERMS), ""
                ),
            }
    finally:
        set_script_prefix(before)


def links_of(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a menu's rows as links, those "below" inside the one above; what is gone goes."""
    paths = paths_of({row.get("leads_to", "") for row in rows})
    found: list[dict[str, Any]] = []
    for row in rows:
        target = row.get("leads_to", "")
        url = row.get("url", "") if target == "url" else paths.get(target, "")
        link = {"label": row.get("label", ""), "url": url, "below": []}
        if row.get("below") and found:
            if url:
                found[-1]["below"].append(link)
        else:
            found.append(link)
    return [link for link in found if link["label"] and (link["url"] or link["below"])]


def _default_header(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """Return the menu of a store that made none: its categories, then what it says of itself."""
    categories = [
        {"label": each.title, "url": reverse("storefront:category", args=[each.slug]), "below": []}
        for each in Category.objects.all()[:4]
    ]
    return [*categories, *(_link(page) for page in pages if page.kind == Page.Kind.ABOUT)]


def _social(menu: Menu | None) -> list[dict[str, str]]:
    rows = menu.social if menu else []
    return [
        {"url": row["url"], "label": row.get("label") or social_name(row["url"])}
        for row in rows
        if row.get("url")
    ]


def social_name(url: str) -> str:
    """Return what a place is called by its address."""
    host = url.split("//", 1)[-1].split("/", 1)[0].lower().removeprefix("www.").removeprefix("m.")
    return SOCIAL.get(host, host)


def _link(page: Page) -> dict[str, Any]:
    url = reverse("storefront:page", args=[page.slug or page.public_id])
    return {"label": page.title, "url": url, "below": []}
