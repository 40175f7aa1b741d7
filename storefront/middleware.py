"""The short way to a kept page: one query, before sessions, tokens and addresses are looked at."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from core import logs
from core.copies import kept_copy
from storefront.views.cached import from_copy, is_visitor, key_of
from stores.middleware import HEALTH_PAGES, host_of
from stores.services.hosts import version_at


class KeptPagesMiddleware:
    """Answer a visitor from a page's kept copy; whatever has none goes the whole way.

    It stands right above the host gate and below what writes headers, so both ways say the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the kept page, or go on."""
        return _kept(request) or self.get_response(request)


def _kept(request: HttpRequest) -> HttpResponseBase | None:
    host = host_of(request)
    if settings.MAINTENANCE or not is_visitor(request) or request.path_info in HEALTH_PAGES:
        return None
    if not _may_be_a_store(host):
        return None
    store = version_at(host)
    if store is None:
        return None
    language, path = store.language_and_path(request.path_info)
    kept: tuple[bytes, str, dict[str, tuple[str, ...]]] | None = kept_copy(
        key_of(store.public_id, store.version, language, path)
    )
    if kept is None:
        return None
    logs.note(store=store.public_id, is_kept=True)
    response = from_copy(request, *kept)
    response.headers["Content-Language"] = language
    response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


def _may_be_a_store(host: str) -> bool:
    return bool(host) and host not in settings.PLATFORM_HOSTS
