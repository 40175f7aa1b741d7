"""Whole pages kept for visitors: one rendering for everybody who carries no cookie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language

from core.copies import keep_copy, kept_copy
from stores.contract import StoreRequest

P = ParamSpec("P")
Sources = Mapping[str, tuple[str, ...]]
View = Callable[Concatenate[StoreRequest, P], HttpResponse]
ASK_AGAIN = "public, max-age=0, must-revalidate"
OURS_ALONE = "private, no-cache"
LONGEST = timedelta(minutes=10)
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


class Page(HttpResponse):
    """A page that stays true for ``fresh_for``, as far as time alone can change it."""

    fresh_for: timedelta = LONGEST
    sources: Sources = MappingProxyType({})
    """Where it may take more from than other pages, by directive: a film."""


def show(
    request: StoreRequest, template: str, context: dict[str, Any], fresh_for: timedelta = LONGEST
) -> Page:
    """Return the rendered page."""
    page = Page(render(request, template, context).content)
    page.fresh_for = fresh_for
    return page


def same_for_visitors(view: View[P]) -> View[P]:
    """Answer whoever carries no cookie of ours from one kept copy; the view reads no query string.

    The copy belongs to the store's version, so whatever touches the store makes it stale. A page
    that set a cookie or asked for a token is never kept.
    """

    @wraps(view)
    def answered(request: StoreRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_visitor(request):
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", OURS_ALONE)
            return _varied(_allowing(response, _sources(response)))
        key = _key(request)
        kept: tuple[bytes, str, dict[str, tuple[str, ...]]] | None = kept_copy(key)
        if kept is None:
            response = view(request, *args, **kwargs)
            if not _can_be_kept(request, response):
                return _varied(response)
            kept = response.content, response.headers["Content-Type"], dict(_sources(response))
            keep_copy(key, kept, seconds=_seconds(response))
        return from_copy(request, *kept)

    return answered


def is_visitor(request: HttpRequest) -> bool:
    """Whether this asks for a page and carries no cookie of ours."""
    return request.method in {"GET", "HEAD"} and not any(
        name in request.COOKIES for name in PERSONAL_COOKIES
    )


def _key(request: StoreRequest) -> str:
    store = request.store
    return key_of(store.public_id, store.version, get_language() or "", request.path_info)


def key_of(store: str, version: int, language: str, path: str) -> str:
    """Return where the copy of a path (without its language's prefix) is kept."""
    named = sha256(path.encode(errors="surrogatepass")).hexdigest()[:32]
    release = getattr(staticfiles_storage, "manifest_hash", "")
    return f"{store}:{version}:{language}:{named}:{release}"


def _can_be_kept(request: StoreRequest, response: HttpResponse) -> bool:
    has_token = "CSRF_COOKIE" in request.META and request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    return response.status_code == 200 and not has_token and not response.cookies  # noqa: PLR2004 -- HTTP


def _seconds(response: HttpResponse) -> int:
    fresh_for = response.fresh_for if isinstance(response, Page) else LONGEST
    return max(1, int(fresh_for.total_seconds()))


def _sources(response: HttpResponse) -> Sources:
    return response.sources if isinstance(response, Page) else {}


def _allowing(response: HttpResponse, sources: Sources) -> HttpResponse:
    """Let a page with a film show it, and nothing else from elsewhere."""
    if sources:
        response._csp_update = {each: list(found) for each, found in sources.items()}  # type: ignore[attr-defined]  # noqa: SLF001 -- as csp.decorators does
    return response


def from_copy(
    request: HttpRequest, content: bytes, content_type: str, sources: Sources = MappingProxyType({})
) -> HttpResponse:
    """Return the kept page, or that the visitor has it already."""
    response = _allowing(HttpResponse(content, content_type=content_type), sources)
    etag = quote_etag(sha256(content).hexdigest()[:32])
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = ASK_AGAIN
    _varied(response)
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Cookie"])
    return response
