from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from stores.admin import site
from stores.admin.menu import Group, MenuItem, MenuPage, menu_of
from stores.models import Staff, Store
from stores.roles import Area, Role
from stores.scope import store_scope
from tests.admin.conftest import Scene


def asking(store: Store, role: str, path: str = "/admin/") -> HttpRequest:
    request = HttpRequest()
    request.path = path
    request.store = store  # type: ignore[attr-defined]  # as the middleware does
    request.staff = Staff(store=store, role=role, name="x")  # type: ignore[attr-defined]  # as the middleware does
    return request


def lines(store: Store, role: str, path: str = "/admin/") -> dict[str, list[str]]:
    with store_scope(store):
        menu = menu_of(site, asking(store, role, path))
        return {group.key: [str(link.label) for link in group.links] for group in menu}


def test_the_menu_is_eight_groups_with_few_lines(scene: Scene) -> None:
    found = lines(scene.store, Role.OWNER)

    assert list(found)[:3] == ["today", "inbox", "products"]
    assert found["today"] == ["Today"]
    assert found["inbox"] == ["Inbox"]
    assert max(len(labels) for labels in found.values()) <= 8


def test_what_is_rare_shares_a_line_and_stands_as_a_tab(scene: Scene) -> None:
    with store_scope(scene.store):
        menu = menu_of(site, asking(scene.store, Role.OWNER, "/admin/payments/dispute/"))
    sales = next(group for group in menu if group.key == "sales")
    orders = sales.links[0]

    assert "Disputes" not in [str(link.label) for link in sales.links]
    assert "Disputes" in [str(tab.label) for tab in orders.tabs]
    assert orders.is_here


def test_who_may_not_see_the_page_above_has_a_line_of_its_own(store: Store) -> None:
    above = MenuPage(
        "above/", page, "search", area=Area.TEAM, menu=MenuItem(Group.CALENDAR, "Above", 1)
    )
    below = MenuPage(
        "below/", page, "jsi18n", menu=MenuItem(Group.CALENDAR, "Below", 2, within="search")
    )
    with added(above), added(below):
        assert lines(store, Role.OWNER)["calendar"] == ["Calendar", "Above"]
        assert lines(store, Role.COACH)["calendar"] == ["Calendar", "Below"]


def test_what_the_store_does_not_have_is_left_out(store: Store) -> None:
    found = lines(store, Role.OWNER)

    assert "Gifts" not in found["sales"]
    assert "Bundles" not in found["products"]


@pytest.mark.parametrize("role", list(Role))
def test_a_page_that_is_no_list_has_its_area(store: Store, role: Role) -> None:
    inside = MenuPage("x/", page, "x", area=Area.TEAM)

    assert site.may_open(asking(store, role), inside) is (role == Role.OWNER)


def test_the_badge_of_what_waits_stands_on_the_menus_button(scene: Scene, alice_at: Client) -> None:
    body = alice_at.get("/admin/").content.decode()
    button = body[body.index('class="menu-button"') : body.index('class="store-name"')]

    assert "badge" in button


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@contextmanager
def added(wanted: MenuPage) -> Iterator[None]:
    site.pages.append(wanted)
    try:
        yield
    finally:
        site.pages.remove(wanted)
