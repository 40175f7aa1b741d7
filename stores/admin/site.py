"""The store's admin site: who comes in, its menu, its front page and its search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from core import clock
from stores import rules
from stores.admin.calendar import calendar_page, end_feed, make_feed
from stores.admin.door import GuardedSite
from stores.admin.inbox import inbox, waiting
from stores.admin.today import today
from stores.roles import Area

if TYPE_CHECKING:
    from stores.models import Staff, Store

MOST_FOUND = 20


class Group(IntEnum):
    """The groups of the menu, in their order."""

    TODAY = 0
    INBOX = 1
    PRODUCTS = 2
    CALENDAR = 3
    CUSTOMERS = 4
    SALES = 5
    SHOP_WINDOW = 6
    SETTINGS = 7


GROUP_NAMES: dict[Group, Promise] = {
    Group.TODAY: _("Today"),
    Group.INBOX: _("Inbox"),
    Group.PRODUCTS: _("Products"),
    Group.CALENDAR: _("Calendar"),
    Group.CUSTOMERS: _("Customers"),
    Group.SALES: pgettext_lazy("menu", "Sales"),
    Group.SHOP_WINDOW: _("Shop window"),
    Group.SETTINGS: _("Settings"),
}


@dataclass(frozen=True)
class MenuItem:
    """Where a list stands in the menu."""

    group: Group
    label: str | Promise
    order: int = 0


@dataclass(frozen=True)
class SitePage:
    """A page of the admin that is no model's list; with a ``menu`` it stands there."""

    route: str
    view: Callable[..., HttpResponseBase]
    name: str
    area: Area | None = None
    """Whose viewers find it in the menu; None is all of the staff."""
    menu: MenuItem | None = None


@dataclass(frozen=True)
class MenuLink:
    """One line of the menu as a page shows it."""

    label: str | Promise
    url: str
    is_here: bool
    waiting: int = 0


@dataclass(frozen=True)
class MenuGroup:
    """One group of the menu as a page shows it; without a name when its one line says it all."""

    name: str | Promise
    links: Sequence[MenuLink]


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

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the one who asks is staff of this store."""
        return staff_asking(request) is not None

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what each page shows beside its own."""
        store = store_of(request)
        colour = store.look.colour
        return {
            "site_title": store.name,
            "site_header": store.name,
            "site_url": reverse("storefront:home"),
            "has_permission": self.has_permission(request),
            "available_apps": [],
            "is_popup": False,
            "is_nav_sidebar_enabled": True,
            "form_classes": {},
            "menu": menu_of(
                self,
                request,
                [(0, today_link(request))],
                [inbox_link(request)],
                [calendar_link(request)],
            ),
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

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the Inbox, the Calendar and the other pages that are no model's lists."""
        view = self.admin_view
        return [
            path("inbox/", view(self.inbox), name="inbox"),
            path("calendar/", view(self.calendar), name="calendar"),
            path("calendar/address/", view(self.calendar_make), name="calendar-make"),
            path("calendar/address/end/", view(self.calendar_end), name="calendar-end"),
            *(path(each.route, view(each.view), name=each.name) for each in PAGES),
            *super().get_urls(),
        ]

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
            kind = str(model_admin.menu.label)
            found += [
                Found(model_admin.title_of(row), kind, model_admin.url_of(row))
                for row in rows[:MOST_FOUND]
            ]
        return found


PAGES: list[SitePage] = []
"""The pages that are no model's list, each added by its module."""


def today_link(request: HttpRequest) -> MenuLink:
    """Return the menu's first line."""
    url = reverse("admin:index")
    return MenuLink(_("Today"), url, request.path == url)


def inbox_link(request: HttpRequest) -> tuple[int, MenuLink]:
    """Return the Inbox's line of the menu, with how many people wait."""
    url = reverse("admin:inbox")
    staff = staff_asking(request)
    count = len(waiting(store_of(request), staff)) if staff is not None else 0
    return 0, MenuLink(_("Inbox"), url, request.path == url, count)


def calendar_link(request: HttpRequest) -> tuple[int, MenuLink]:
    """Return the Calendar's line of the menu."""
    url = reverse("admin:calendar")
    return 0, MenuLink(_("Calendar"), url, request.path.startswith(url))


def menu_of(
    admin_site: UnfoldAdminSite,
    request: HttpRequest,
    first: Sequence[tuple[int, MenuLink]] = (),
    inbox_links: Sequence[tuple[int, MenuLink]] = (),
    calendar_links: Sequence[tuple[int, MenuLink]] = (),
) -> list[MenuGroup]:
    """Return the menu of this person: only what exists and what they may see."""
    links: dict[Group, list[tuple[int, MenuLink]]] = {Group.TODAY: list(first)}
    if inbox_links:
        links[Group.INBOX] = list(inbox_links)
    if calendar_links:
        links[Group.CALENDAR] = list(calendar_links)
    for model_admin in admin_site._registry.values():  # noqa: SLF001 -- Django's own list of admins
        item: MenuItem | None = getattr(model_admin, "menu", None)
        if item is None or not model_admin.has_view_permission(request):
            continue
        url = model_admin.url_for("changelist")
        here = request.path.startswith(url) or model_admin.is_here(request.path)
        link = MenuLink(item.label, url, here, model_admin.waiting(request))
        links.setdefault(item.group, []).append((item.order, link))
    for group, order, link in page_links(admin_site, request):
        links.setdefault(group, []).append((order, link))
    return [
        MenuGroup(
            GROUP_NAMES[group] if len(lines) > 1 else "",
            [link for _order, link in sorted(lines, key=lambda line: line[0])],
        )
        for group, lines in sorted(links.items())
    ]


def page_links(
    admin_site: UnfoldAdminSite, request: HttpRequest
) -> list[tuple[Group, int, MenuLink]]:
    """Return the lines of the pages that are no model's list, as far as this person sees them."""
    staff = staff_asking(request)
    if staff is None or not isinstance(admin_site, StoreAdminSite):
        return []
    found = []
    for each in PAGES:
        if each.menu is not None and (each.area is None or staff.may_change(each.area)):
            url = reverse(f"admin:{each.name}")
            link = MenuLink(each.menu.label, url, request.path == url)
            found.append((each.menu.group, each.menu.order, link))
    return found


site = StoreAdminSite(name="admin")
