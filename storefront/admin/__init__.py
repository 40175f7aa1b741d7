"""The shop window in the store's admin: pages, menus, redirects, mailing lists, categories."""

from storefront.admin import categories, lists, menus, pages, redirects

__all__ = ["categories", "lists", "menus", "pages", "redirects"]
