"""The door of an admin: who comes in, which pages there are, under which policy."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from core.csp import ADMIN_POLICY

View = Callable[..., HttpResponseBase]
METHODS = ("GET", "HEAD", "POST", "PUT")
"""How an admin is asked; PUT brings the parts of a file. Django would answer any other as GET."""

_CONNECT = [*ADMIN_POLICY["connect-src"], *filter(None, [settings.STORAGE_ORIGIN])]
POLICY = ADMIN_POLICY | {"connect-src": _CONNECT}
"""The named policy of an admin; a file's parts go straight to the object storage, if any."""


class GuardedSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """An admin entered through our own sign-in: none of Django's login and password pages."""

    sign_in_url_name: str

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001 -- Django's signature
        """Wrap a view: sign-in for visitors, 404 for strangers, 403 without the right."""

        @csp(POLICY)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                if request.user.is_authenticated:
                    raise Http404
                return redirect_to_login(request.get_full_path(), reverse(self.sign_in_url_name))
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            try:
                return view(request, *args, **kwargs)
            except PermissionDenied:
                return self.not_for_you(request)

        wrapped: View = inner if cacheable else never_cache(inner)
        return update_wrapper(wrapped, view)

    def not_for_you(self, request: HttpRequest) -> HttpResponse:
        """Say plainly that this part is not this person's."""
        context = {**self.each_context(request), "title": gettext("Not yours to open")}
        return TemplateResponse(request, "admin/not_for_you.html", context, status=403).render()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses: no login, logout or password pages of Django's."""
        urls: list[URLPattern | URLResolver] = [
            path("", self.admin_view(self.index), name="index"),
            path("search/", self.admin_view(self.search), name="search"),
            path("autocomplete/", self.admin_view(self.autocomplete_view), name="autocomplete"),
            path("jsi18n/", self.admin_view(self.i18n_javascript, cacheable=True), name="jsi18n"),
        ]
        for model, model_admin in self._registry.items():
            prefix = f"{model._meta.app_label}/{model._meta.model_name}/"
            urls.append(path(prefix, include(model_admin.urls)))
        urls.append(re_path(r"^(?P<rest>.*)$", self.admin_view(self.nothing_here)))
        return urls

    def nothing_here(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer whatever is no page of the admin, after the door was passed."""
        raise Http404(rest)

    def get_log_entries(self, request: HttpRequest) -> list[Any]:
        """Return nothing: Django's log knows no stores; ours is stores.LogEntry."""
        return []
