"""The menu of an admin: groups with few lines, and pages that share one line as tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stores.roles import Area

if TYPE_CHECKING:
    from unfold.sites import UnfoldAdminSite


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
    """Where a list or a page stands in the menu.

    What is rare shares the line of what it belongs to: ``within`` names that list by its model
    (``payments.order``) or that page by its name, and both then stand as tabs above the page.
    Whoever may not see the other page finds this one as a line of its own.
    """

    group: Group
    label: str | Promise
    order: int = 0
    within: str = ""
    tab: str | Promise = ""
    """What it is called as a tab, where its line names all of them."""
    counts_tabs: bool = False
    """Whether its number of what waits has in it what waits in its tabs."""


@dataclass(frozen=True)
class MenuPage:
    """A page of the admin that is no model's list: see ``StoreAdminSite.add_page``."""

    route: str
    view: Callable[..., HttpResponseBase]
    name: str
    area: Area | None = None
    menu: MenuItem | None = None
    waiting: Callable[[HttpRequest], int] = lambda _request: 0
    is_shown: Callable[[HttpRequest], bool] = lambda _request: True


@dataclass(frozen=True)
class MenuLink:
    """One line of the menu, or one tab of a line, as a page shows it."""

    label: str | Promise
    url: str
    is_here: bool
    waiting: int = 0
    tabs: Sequence[MenuLink] = ()
    is_open: bool = False
    """Whether the very page that is asked for is this one, and not one below it."""


@dataclass(frozen=True)
class MenuGroup:
    """One group of the menu as a page shows it; without a name when its one line says it all."""

    name: str | Promise
    links: Sequence[MenuLink]
    key: str = ""

    @property
    def is_here(self) -> bool:
        """Whether the page that is asked for belongs to this group."""
        return any(link.is_here for link in self.links)

    @property
    def waiting(self) -> int:
        """How many things wait in the whole group."""
        return sum(link.waiting for link in self.links)


@dataclass
class Line:
    """One entry on its way into the menu."""

    key: str
    item: MenuItem
    link: MenuLink
    below: list[Line] = field(default_factory=list)

    def shown(self) -> MenuLink:
        """Return the line with its tabs, and what waits in all of them."""
        if not self.below:
            return self.link
        lines = [self, *sorted(self.below, key=lambda line: line.item.order)]
        tabs = [replace(each.link, label=each.item.tab or each.link.label) for each in lines]
        return replace(
            self.link,
            tabs=tabs,
            is_here=any(tab.is_here for tab in tabs),
            waiting=self.link.waiting
            if self.item.counts_tabs
            else sum(tab.waiting for tab in tabs),
        )


def menu_of(admin_site: UnfoldAdminSite, request: HttpRequest) -> list[MenuGroup]:
    """Return the menu of this person: only what exists and what they may see."""
    lines = {line.key: line for line in _lines(admin_site, request)}
    groups: dict[Group, list[Line]] = {}
    for line in lines.values():
        above = lines.get(line.item.within)
        if above is not None:
            above.below.append(line)
        else:
            groups.setdefault(line.item.group, []).append(line)
    found = []
    for group, members in sorted(groups.items()):
        links = [line.shown() for line in sorted(members, key=lambda line: line.item.order)]
        is_alone = len(links) == 1 and group in ALONE
        found.append(MenuGroup("" if is_alone else GROUP_NAMES[group], links, group.name.lower()))
    return found


ALONE = {Group.TODAY, Group.INBOX, Group.CALENDAR}
"""Groups whose one line stands without the group's name above it."""


def tabs_here(menu: Sequence[MenuGroup]) -> Sequence[MenuLink]:
    """Return the tabs that the page asked for stands among; none on the pages below them."""
    for group in menu:
        for link in group.links:
            if any(tab.is_open for tab in link.tabs):
                return link.tabs
    return ()


def waiting_in(menu: Sequence[MenuGroup]) -> int:
    """Return how many things wait in the whole menu."""
    return sum(group.waiting for group in menu)


def _lines(admin_site: Any, request: HttpRequest) -> Iterator[Line]:
    for page in getattr(admin_site, "pages", ()):
        if page.menu is not None and admin_site.may_open(request, page) and page.is_shown(request):
            yield Line(page.name, page.menu, _page_link(admin_site, request, page))
    for model, model_admin in admin_site._registry.items():  # noqa: SLF001 -- Django's own list of admins
        item: MenuItem | None = getattr(model_admin, "menu", None)
        if item is None or not model_admin.has_view_permission(request):
            continue
        if not model_admin.is_in_menu(request):
            continue
        url = model_admin.url_for("changelist")
        here = request.path.startswith(url) or model_admin.is_here(request.path)
        link = MenuLink(item.label, url, here, model_admin.waiting(request))
        is_open = request.path == url or (here and model_admin.is_one_page)
        yield Line(model._meta.label_lower, item, replace(link, is_open=is_open))


def _page_link(admin_site: Any, request: HttpRequest, page: MenuPage) -> MenuLink:
    url = reverse(f"{admin_site.name}:{page.name}")
    is_open = request.path == url
    is_here = is_open if page.route == "" else request.path.startswith(url)
    label = page.menu.label if page.menu is not None else ""
    return MenuLink(label, url, is_here, page.waiting(request), is_open=is_open)
