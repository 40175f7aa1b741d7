"""Addresses of our pages in a chosen language, from a request and from a worker alike."""

from __future__ import annotations

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

from stores.scope import current_store
from stores.services.addresses import absolute_url


def page_url(name: str, *args: object, language: str) -> str:
    """Return the absolute address of a page of the store in scope, in ``language``."""
    store = current_store()
    before = get_script_prefix()
    set_script_prefix(f"/{language}/" if language in store.other_languages else "/")
    try:
        return absolute_url(store, reverse(name, settings.ROOT_URLCONF, args=args))
    finally:
        set_script_prefix(before)
