"""The store's admin site: who comes in, its menu, its front page and its search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import clock
from stores import rules
from stores.admin.calendar import calendar_page, end_feed, make_feed
from stores.admin.door import GuardedSite, View
from stores.admin.inbox import inbox, waiting_count
from stores.admin.menu import Group, MenuItem, MenuPage, menu_of, tabs_here, waiting_in
from stores.admin.today import today

if TYPE_CHECKING:
    from stores.models import Staff, Store

__all__ = ["Group", "MenuItem", "MenuPage", "StoreAdminSite", "menu_of", "site"]

MOST_FOUND = 20


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    url: str
    is_here: bool


@dataclass(frozen=True)
class Found:
    """One thing the search found."""

    title: str
    kind: str
    url: str
    state: str = ""
    tone: str = ""


def staff_asking(request: HttpRequest) -> Staff | None:
    """Return who of the staff is asking, or None.

    The middleware looks staff up only when asked, so what hangs on the request may be a lazy
    nobody: it is false, but it is not None.
    """
    staff: Staff | None = getattr(request, "staff", None)
    return staff or None


def staff_of(request: HttpRequest) -> Staff:
    """Return who of the staff is asking; a stranger is told that there is no such page."""
    staff = staff_asking(request)
    if staff is None:
        raise Http404
    return staff


def store_of(request: HttpRequest) -> Store:
    """Return the store whose admin this is."""
    store: Store = request.store  # type: ignore[attr-defined]  # see StoreRequest
    return store


class StoreAdminSite(GuardedSite):
    """The admin at ``/admin/`` on a store's host, for that store's staff only.

    Django's groups, its staff flag and its superusers mean nothing here: ``request.staff`` does.
    """

    sign_in_url_name = "accounts:sign-in"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: list[MenuPage] = [
            MenuPage("", self.index, "index", menu=MenuItem(Group.TODAY, _("Today"))),
            MenuPage(
                "inbox/",
                self.inbox,
                "inbox",
                menu=MenuItem(Group.INBOX, _("Inbox"), counts_tabs=True),
                waiting=waiting_people,
            ),
            MenuPage(
                "calendar/",
                self.calendar,
                "calendar",
                menu=MenuItem(Group.CALENDAR, _("Calendar")),
            ),
            MenuPage("calendar/address/", self.calendar_make, "calendar-make"),
            MenuPage("calendar/address/end/", self.calendar_end, "calendar-end"),
        ]

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the one who asks is staff of this store."""
        return staff_asking(request) is not None

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what each page shows beside its own."""
        store = store_of(request)
        colour = store.look.colour
        menu = menu_of(self, request)
        return {
            "site_title": store.name,
            "site_header": store.name,
            "site_url": reverse("storefront:home"),
            "has_permission": self.has_permission(request),
            "available_apps": [],
            "is_popup": False,
            "is_nav_sidebar_enabled": True,
            "form_classes": {},
            "menu": menu,
            "menu_waiting": waiting_in(menu),
            "siblings": tabs_here(menu),
            "menu_languages": self.languages(request),
            "sign_out_url": reverse("accounts:sign-out"),
            "brand": colour,
            "on_brand": rules.on_colour(colour),
        }

    def languages(self, request: HttpRequest) -> list[LanguageLink]:
        """Return this page in each language of the store; nothing when it has one."""
        store = store_of(request)
        here = get_language() or store.language
        if not store.other_languages:
            return []
        query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
        return [
            LanguageLink(
                code=code,
                name=get_language_info(code)["name_local"],
                url=("" if code == store.language else f"/{code}") + request.path_info + query,
                is_here=code == here,
            )
            for code in [store.language, *store.other_languages]
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show Today: what is promised, who waits, the numbers, the next step."""
        context = {
            **self.each_context(request),
            "title": gettext("Today"),
            **today(store_of(request), staff_of(request), clock.now()),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)

    def add_page(self, route: str, view: View, *, name: str, **options: Any) -> MenuPage:
        """Add a page that is no model's list, at ``/admin/<route>``, called ``admin:<name>``.

        ``area`` names whose page it is: others get 403 and do not see it in the menu; without one
        it is all staff's. With ``menu`` it stands there, with ``waiting`` as its badge, unless
        ``is_shown`` says no. Called while the admin modules are loaded.
        """
        page = MenuPage(route, view, name, **options)
        self.pages.append(page)
        return page

    def may_open(self, request: HttpRequest, page: MenuPage) -> bool:
        """Whether a page is this person's."""
        staff = staff_asking(request)
        return staff is not None and (page.area is None or staff.may_view(page.area))

    def page_view(self, page: MenuPage) -> View:
        """Wrap a page's view: the same door as all others, and its area."""

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.may_open(request, page):
                raise PermissionDenied
            return page.view(request, *args, **kwargs)

        return self.admin_view(update_wrapper(inner, page.view))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages that are no model's lists."""
        own = [path(page.route, self.page_view(page), name=page.name) for page in self.pages]
        return [*own, *super().get_urls()]

    def calendar(self, request: HttpRequest) -> TemplateResponse:
        """Show a month of what is dated in the store."""
        context = {
            **self.each_context(request),
            "title": gettext("Calendar"),
            **calendar_page(store_of(request), staff_of(request), request.GET, clock.now()),
        }
        return TemplateResponse(request, "admin/calendar.html", context)

    @method_decorator(require_POST)
    def calendar_make(self, request: HttpRequest) -> HttpResponseRedirect:
        """Give whoever asks an address of the calendar for an app of theirs."""
        make_feed(staff_of(request))
        messages.success(request, gettext("The address is ready. Only you may use it."))
        return HttpResponseRedirect(reverse("admin:calendar") + "#address")

    @method_decorator(require_POST)
    def calendar_end(self, request: HttpRequest) -> HttpResponseRedirect:
        """End that address."""
        end_feed(staff_of(request))
        messages.success(request, gettext("The address opens nothing any more."))
        return HttpResponseRedirect(reverse("admin:calendar"))

    def inbox(self, request: HttpRequest) -> TemplateResponse:
        """Show what people wrote: what waits for an answer, and what was answered."""
        context = {
            **self.each_context(request),
            "title": gettext("Inbox"),
            **inbox(store_of(request), staff_of(request), request.GET),
        }
        return TemplateResponse(request, "admin/inbox.html", context)

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Search this store's rows as this person may see them; nothing is kept between requests.

        Unfold keeps results by user and term, which would show one store's rows in another.
        """
        term = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        context = {
            **self.each_context(request),
            "title": gettext("Search"),
            "term": term,
            "found": self.found(request, term) if term else [],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/search.html", context)

    def found(self, request: HttpRequest, term: str) -> list[Found]:
        """Return the rows that match in the lists this person may see."""
        found: list[Found] = []
        for model_admin in self._registry.values():
            if getattr(model_admin, "menu", None) is None:
                continue
            if not model_admin.search_fields or not model_admin.has_view_permission(request):
                continue
            rows, _duplicates = model_admin.get_search_results(
                request, model_admin.get_queryset(request), term
            )
            kind = str(model_admin.menu.tab or model_admin.menu.label)
            shown = list(rows[:MOST_FOUND])
            found += [
                Found(
                    model_admin.title_of(row),
                    kind,
                    model_admin.url_of(row),
                    str(said.state),
                    said.tone,
                )
                for row, said in zip(shown, model_admin.rows(request, shown), strict=True)
            ]
        return found


def waiting_people(request: HttpRequest) -> int:
    """Return how many people wait for an answer, as far as this person may see them."""
    staff = staff_asking(request)
    return waiting_count(store_of(request), staff) if staff is not None else 0


site = StoreAdminSite(name="admin")
