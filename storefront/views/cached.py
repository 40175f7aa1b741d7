"""Whole pages kept for visitors: one rendering for everybody who carries no cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language

from core.copies import keep_copy, kept_copy
from stores.contract import StoreRequest

P = ParamSpec("P")
View = Callable[Concatenate[StoreRequest, P], HttpResponse]
ASK_AGAIN = "public, max-age=0, must-revalidate"
OURS_ALONE = "private, no-cache"
LONGEST = timedelta(minutes=10)
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


class Page(HttpResponse):
    """A page that stays true for ``fresh_for``, as far as time alone can change it."""

    fresh_for: timedelta = LONGEST


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
        if not _is_visitor(request):
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", OURS_ALONE)
            return _varied(response)
        key = _key(request)
        kept: tuple[bytes, str] | None = kept_copy(key)
        if kept is None:
            response = view(request, *args, **kwargs)
            if not _can_be_kept(request, response):
                return _varied(response)
            kept = response.content, response.headers["Content-Type"]
            keep_copy(key, kept, seconds=_seconds(response))
        return _from_copy(request, *kept)

    return answered


def _is_visitor(request: StoreRequest) -> bool:
    return request.method in {"GET", "HEAD"} and not any(
        name in request.COOKIES for name in PERSONAL_COOKIES
    )


def _key(request: StoreRequest) -> str:
    store = request.store
    path = sha256(request.path_info.encode(errors="surrogatepass")).hexdigest()[:32]
    release = getattr(staticfiles_storage, "manifest_hash", "")
    return f"{store.public_id}:{store.version}:{get_language()}:{path}:{release}"


def _can_be_kept(request: StoreRequest, response: HttpResponse) -> bool:
    has_token = "CSRF_COOKIE" in request.META and request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    return response.status_code == 200 and not has_token and not response.cookies  # noqa: PLR2004 -- HTTP


def _seconds(response: HttpResponse) -> int:
    fresh_for = response.fresh_for if isinstance(response, Page) else LONGEST
    return max(1, int(fresh_for.total_seconds()))


def _from_copy(request: StoreRequest, content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    etag = quote_etag(sha256(content).hexdigest()[:32])
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = ASK_AGAIN
    _varied(response)
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Cookie"])
    return response
