"""Addresses that are written on many pages."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse


def path_to(name: str, *args: str | int) -> str:
    """Return what ``reverse`` does, for the language's prefix and the addresses of this request.

    Django looks through all patterns of a name each time; an address never changes while it runs.
    """
    return _path(name, args, get_script_prefix(), get_urlconf())


@lru_cache(maxsize=4096)
def _path(name: str, args: tuple[str | int, ...], _prefix: str, urlconf: str | None) -> str:
    return reverse(name, args=args, urlconf=urlconf)
