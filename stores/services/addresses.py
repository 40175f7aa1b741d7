"""Absolute addresses of a store and of the platform, for mails and payment pages."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

from stores.models import Domain, Store
from stores.scope import current_store


def store_origin(store: Store) -> str:
    """Return scheme, host and port of the store's primary address, without a slash at the end."""
    platform = urlsplit(settings.PLATFORM_ORIGIN)
    host = getattr(store, "primary_host", None)  # the host gate has asked for it already
    if host is None:
        host = Domain.objects.filter(is_primary=True).values_list("host", flat=True).get()
    port = f":{platform.port}" if platform.port else ""
    return f"{platform.scheme}://{host}{port}"


def absolute_url(store: Store, path: str) -> str:
    """Return the absolute address of a path (as ``reverse()`` gives it) in the store in scope."""
    return store_origin(store) + path


def page_url(name: str, *args: object, language: str, origin: str = "") -> str:
    """Return the absolute address of a page of the store in scope, in ``language``.

    From a request and from a worker alike. Whoever needs many asks for the store's ``origin`` once.
    """
    store = current_store()
    before = get_script_prefix()
    set_script_prefix(f"/{language}/" if language in store.other_languages else "/")
    try:
        path = reverse(name, settings.ROOT_URLCONF, args=args)
        return origin + path if origin else absolute_url(store, path)
    finally:
        set_script_prefix(before)


def platform_url(path: str) -> str:
    """Return the absolute address of a path on the platform's host."""
    return str(settings.PLATFORM_ORIGIN).rstrip("/") + path
