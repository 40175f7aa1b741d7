"""The operator's admin on the platform's host: superusers read lists across all stores."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django import forms
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import pgettext_lazy

from stores.admin.door import GuardedSite, View
from stores.admin.menu import Group, MenuItem, menu_of
from stores.admin.model import StoreModelAdmin
from stores.admin.rows import Row
from stores.models import Store
from stores.scope import all_stores


class OperatorSite(GuardedSite):
    """The admin at ``/operator/`` on the platform's host."""

    sign_in_url_name = "accounts_platform:sign-in"

    def has_permission(self, request: HttpRequest) -> bool:
        """Only a superuser, and only where there is no store."""
        here = getattr(request, "store", None) is None
        return here and bool(request.user.is_active and request.user.is_superuser)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001 -- Django's signature
        """Run each page across all stores, its template included."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with all_stores():
                response = guarded(request, *args, **kwargs)
                render: Callable[[], HttpResponse] | None = getattr(response, "render", None)
                return render() if render is not None else response

        return update_wrapper(inner, view)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the platform's door, which has limits; a form for passwords would have none."""
        if request.user.is_authenticated:
            raise Http404
        asked = request.GET.get(REDIRECT_FIELD_NAME, reverse(f"{self.name}:index"))
        return redirect_to_login(asked, reverse("accounts_platform:sign-in"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what each page shows beside its own."""
        return {
            "site_title": "Sevenfold",
            "site_header": "Sevenfold",
            "has_permission": self.has_permission(request),
            "available_apps": [],
            "is_popup": False,
            "form_classes": {},
            "menu": menu_of(self, request),
            "site_url": reverse("accounts_platform:home"),
            "sign_out_url": reverse("accounts_platform:sign-out"),
        }

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the list of stores."""
        return HttpResponseRedirect(reverse(f"{self.name}:stores_store_changelist"))

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Search the stores."""
        query = urlencode({"q": request.GET.get("q", "")})
        return HttpResponseRedirect(f"{reverse(f'{self.name}:stores_store_changelist')}?{query}")


operator_site = OperatorSite(name="operator")


class OperatorModelAdmin(StoreModelAdmin):
    """A list to read, as sentences."""

    form = forms.ModelForm

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever passed the door may read."""
        return bool(self.admin_site.has_permission(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators read."""
        return False


class OperatorStoreAdmin(OperatorModelAdmin):
    """All stores."""

    menu = MenuItem(Group.TODAY, pgettext_lazy("operator", "Stores"), 1)
    search_fields = ("name", "domains__host")
    ordering = ("-id",)

    def row(self, request: HttpRequest, item: Store) -> Row:
        """Return a store, its language and currency, and since when."""
        return Row(
            name=item.name,
            url=self.url_of(item),
            detail=f"{item.language} · {item.currency}",
            next_step=date_format(item.created_at, "DATE_FORMAT"),
        )


operator_site.register(Store, OperatorStoreAdmin)
