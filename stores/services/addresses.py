"""Absolute addresses of a store and of the platform, for mails and payment pages."""

from urllib.parse import urlsplit

from django.conf import settings

from stores.models import Domain, Store


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


def platform_url(path: str) -> str:
    """Return the absolute address of a path on the platform's host."""
    return str(settings.PLATFORM_ORIGIN).rstrip("/") + path
