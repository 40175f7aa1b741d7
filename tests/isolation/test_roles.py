"""Who of the team may open and change what: every page of the admin, asked as every role.

The table here is written by hand from what each role is for; it does not read the code's own.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import resolve

from accounts.models import Customer, User
from payments.services.stripe_api import CalledInTransaction
from stores.models import Staff, Store
from stores.scope import store_scope
from tests.admin.conftest import Scene, all_pages, body_of, is_page, make_scene
from tests.conftest import client_at, make_store, make_user
from tests.isolation.forms_on_pages import Ask, asks_of

ROLES = ("owner", "manager", "coach", "author", "support")

#                look                                  change
TABLE = {
    "products": ("owner manager coach author support", "owner manager author"),
    "customers": ("owner manager coach support", "owner manager support"),
    "sales": ("owner manager support", "owner manager"),
    "refunds": ("owner manager", "owner manager"),
    "shop window": ("owner manager author", "owner manager"),
    "mails": ("owner manager support", "owner manager support"),
    "settings": ("owner manager", "owner"),
    "team": ("owner", "owner"),
    "own": ("owner manager coach author support", "owner manager coach author support"),
    "nobody": ("", ""),
}

LISTS = {
    "products": "products_product ebooks_ebook memberships_club content_asset",
    "customers": "accounts_customer access_access content_thread conversations_conversation "
    "conversations_savedanswer products_listentry storefront_mailinglist storefront_signup "
    "payments_findrequest",
    "sales": "content_stampedcopy payments_order payments_report payments_coupon payments_extra "
    "payments_gift payments_difference payments_dispute payments_document payments_hookdelivery "
    "payments_cancelnotice payments_subscription payments_bill payments_pricerise shipping_parcel "
    "payments_returningincome payments_team payments_instalmentplan",
    "refunds": "payments_movein",
    "shop window": "products_category storefront_menu storefront_page storefront_redirect "
    "stores_look",
    "mails": "mail_message mail_wording content_holderletter",
    "settings": "payments_bookkeeping payments_cancelpolicy payments_otherway shipping_zone "
    "payments_subscriptionterms "
    "shipping_pickuppoint stores_archive stores_awaydates stores_business stores_domain "
    "stores_logentry stores_quiettimes stores_store",
    "team": "accounts_invitation stores_staff stores_closing",
}
"""Which list is whose: its list, rows and logs are looked at, whatever else it has changes."""

ADDED = {
    *("accounts_customer", "conversations_savedanswer", "ebooks_ebook", "products_product"),
    "memberships_club",
    *("payments_coupon", "payments_extra", "payments_otherway", "products_category"),
    *("shipping_pickuppoint", "shipping_zone", "storefront_mailinglist", "storefront_page"),
    *("payments_pricerise", "storefront_redirect", "stores_awaydates"),
}
DELETED = {
    *("conversations_savedanswer", "payments_coupon", "payments_otherway", "products_category"),
    *("shipping_pickuppoint", "shipping_zone", "storefront_redirect", "stores_awaydates"),
}
EDITED = ADDED | {
    *("payments_bookkeeping", "payments_cancelpolicy", "payments_subscriptionterms"),
    *("storefront_menu", "stores_business", "stores_look", "stores_quiettimes"),
    *("stores_staff", "stores_store"),
}
"""The lists of which rows are added, deleted and edited in a form; of the others by nobody."""

SIDES = ("content", "messages", "page", "prices", "settings", "audio")
LOOKED_AT = {
    *("access_access_why", "accounts_customer_table_of_list", "content_stampedcopy_whose"),
    "conversations_conversation_file",
    *("ebooks_ebook_numbers", "ebooks_ebook_drawn", "ebooks_ebook_editions"),
    "memberships_club_months",
    *(f"products_product_{name}" for name in ("qr_png", "qr_svg", "share")),
    *(f"payments_document_{name}" for name in ("files", "month", "payments", "pdf", "table")),
    *("payments_document_table_of_list", "payments_order_table_of_list"),
    "payments_movein_template",
    *(f"payments_report_{name}" for name in ("csv", "rows", "rows_csv")),
    *(f"payments_returningincome_{name}" for name in ("csv", "rows", "rows_csv", "stay")),
    *("products_listentry_table", "storefront_signup_table"),
    *("storefront_page_editor", "storefront_page_versions"),
    *("stores_look_pattern", "stores_look_preview", "stores_look_preview_css"),
}
"""Other pages that only show or give away what may be looked at."""
LOOKED_AT_AND_SAVED = {
    *(
        f"{app}_{name}"
        for app in ("products_product", "ebooks_ebook", "memberships_club")
        for name in SIDES
    ),
    "memberships_club_month",
    "storefront_page_of_product",
}

ELSEWHERE = {
    "ebooks_ebook_people": ("customers look", "customers look"),
    "memberships_club_people": ("customers look", "customers look"),
    "ebooks_ebook_agreed": ("customers look", "customers look"),
    "products_product_people": ("customers look", "customers look"),
    "payments_cancelnotice_record": ("customers change", "customers change"),
    "payments_cancelnotice_which": ("customers change", "customers change"),
    "payments_order_move": ("customers change", "customers change"),
    "payments_order_end_test": ("products change", "products change"),
    "payments_order_refund": ("refunds change", "refunds change"),
    "payments_subscription_end": ("refunds change", "refunds change"),
    "stores_archive_table": ("customers change", "customers change"),
    "stores_staff_leave": ("own change", "own change"),
    "mail_wording_mine": ("own change", "own change"),
    "bundles": ("products look", "products look"),
    "autocomplete": ("nobody look", "nobody look"),
    **dict.fromkeys(
        ("which", "which-answer", "which-begin"), ("products change", "products change")
    ),
    **{
        f"first-{name}": ("settings change", "settings change")
        for name in ("fold", "skip", "step", "take-up")
    },
    **dict.fromkeys(
        (
            *("index", "search", "jsi18n", "inbox", "calendar", "calendar-make", "calendar-end"),
            *("deleted", "undo", "first"),
        ),
        ("own look", "own look"),
    ),
}
"""What belongs to another area than its list, and pages without one: who opens, who posts."""
ITS_UPLOADERS = (
    "ebooks_ebook_upload",
    "memberships_club_upload",
    "storefront_page_upload",
)
"""A file on its way is found only by who sends it."""


def who(cell: str) -> set[str]:
    """Return the roles of an area's cell: ``sales look``."""
    area, _space, what = cell.rpartition(" ")
    return set(TABLE[area][what == "change"].split())


def rule_of(name: str) -> tuple[set[str], set[str]]:
    """Return who opens a page and who posts to it."""
    if name in ELSEWHERE:
        opens, posts = ELSEWHERE[name]
        return who(opens), who(posts)
    found = [
        (area, one)
        for area, lists in LISTS.items()
        for one in lists.split()
        if name.startswith(f"{one}_")
    ]
    assert len(found) == 1, f"say in the table whose page {name} is"
    area, one = found[0]
    look, change = who(f"{area} look"), who(f"{area} change")
    page = name.removeprefix(f"{one}_")
    if page in {"changelist", "history"} or name in LOOKED_AT:
        return look, look
    if page == "change":
        return look, change if one in EDITED else set()
    if page in {"add", "delete"}:
        whose = change if one in (ADDED if page == "add" else DELETED) else set()
        return whose, whose
    return (look if name in LOOKED_AT_AND_SAVED else change), change


@dataclass
class Team:
    """A full store with somebody of every role, and who is not of its team."""

    scene: Scene
    users: dict[str, User | None]
    pages: list[tuple[str, str]]

    def at(self, who: str) -> Client:
        return client_at(self.scene.store, self.users[who])


OUTSIDE = ["customer", "owner of another store", "support of another store", "operator"]
NOBODY_OUTSIDE = {"STRIPE_API_BASE": "http://127.0.0.1:9", "STRIPE_NETWORK_RETRIES": 0}


@pytest.fixture(scope="module")
def built(kept_rows: None) -> Team:
    with override_settings(**NOBODY_OUTSIDE):
        users: dict[str, User | None] = {
            name: make_user(f"{name.replace(' ', '-')}@example.com")
            for name in (*ROLES, *OUTSIDE[:3])
        }
        users |= {"visitor": None, "operator": User.objects.create_superuser("op@example.com")}
        store = make_store("thread", users["owner"], name="Thread")
        other = make_store("crumb", users[OUTSIDE[1]], name="Crumb")
        with store_scope(other):
            Staff.objects.create(user=users[OUTSIDE[2]], name="S", role="support")
        with store_scope(store):
            Customer.objects.create(user=users["customer"], name="Charlie")
            for role in ROLES[1:]:
                Staff.objects.create(user=users[role], name=role, role=role)
        scene = make_scene(store, "customer@example.com", "Linen")
        pages = [(name, url) for name, url, _parts in all_pages(scene)]
    return Team(scene, users, pages)


@pytest.fixture
def team(db: None, built: Team, settings: Any) -> Team:
    for name, value in NOBODY_OUTSIDE.items():
        setattr(settings, name, value)
    return deepcopy(built)


def unrendered() -> Any:
    """Answer without making pages: who gets in is known before."""
    return mock.patch("django.template.base.Template.render", return_value="")


def ask(client: Client, method: str, url: str, sent: dict[str, str] | None = None) -> int:
    """Return how a request is answered, and undo what it did."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        try:
            status: int = getattr(client, method)(url, sent or {}).status_code
        except CalledInTransaction:  # it got as far as Stripe
            status = 200
        transaction.set_rollback(True)
    client.cookies = cookies
    return status


SAMPLE = 8
"""Of what a role may do so much is tried; of what it may not, all."""


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_open_to_whom_the_table_says(
    team: Team, role: str, monkeypatch: pytest.MonkeyPatch, short_errors: None
) -> None:
    monkeypatch.setattr("stores.admin.door.GuardedSite.not_for_you", _not_yours)
    client, wrong = team.at(role), []
    with unrendered():
        for number, (name, url) in enumerate(team.pages, start=ROLES.index(role)):
            for method, roles in zip(("get", "post"), rule_of(name), strict=True):
                if role in roles and number % SAMPLE:
                    continue
                status = ask(client, method, url)
                is_open = status != 403
                if (status != 405 and is_open != (role in roles)) or (
                    status == 404 and method == "get" and not name.startswith(ITS_UPLOADERS)
                ):
                    wrong.append((name, method, status))
                assert status < 500, (name, method, status)
    assert not wrong, (role, wrong)


def _not_yours(self: Any, request: HttpRequest) -> HttpResponse:
    return HttpResponse("Not yours", status=403)


@pytest.mark.parametrize("outsider", OUTSIDE)
def test_who_is_not_of_the_team_finds_no_page(
    team: Team, outsider: str, short_errors: None
) -> None:
    client, turn = team.at(outsider), OUTSIDE.index(outsider)
    for number, (name, url) in enumerate(team.pages):
        assert client.get(url).status_code == 404, name
        if number % len(OUTSIDE) == turn:
            assert client.post(url).status_code == 404, name


def test_a_visitor_is_sent_to_sign_in_whatever_is_posted(team: Team) -> None:
    visitor = team.at("visitor")
    for name, url in team.pages:
        answer = visitor.post(url, {"what": "all", "sure": "1"})
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/sign-in/?next="), name


def test_the_table_knows_no_page_that_is_not_there(team: Team) -> None:
    names = {name for name, _url in team.pages}
    named = {*LOOKED_AT, *LOOKED_AT_AND_SAVED, *ELSEWHERE} - {
        "products_product_audio",
        "memberships_club_audio",
    }
    assert sorted(named - names) == []
    lists = {one for lists in LISTS.values() for one in lists.split()}
    assert not {one for one in lists | EDITED if f"{one}_changelist" not in names}


LEFT = {"accounts:sign-out"}
"""What ends the walk is not clicked. Who may nearly everything walks in bin/test --long."""


@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    "role",
    [*(pytest.param(role, marks=pytest.mark.slow) for role in ROLES[:2]), *ROLES[2:]],
)
def test_no_page_leads_its_reader_where_they_may_not_go(
    team: Team, role: str, short_errors: None
) -> None:
    client, asked, wrong = team.at(role), set(), []
    for name, url in team.pages:
        if role not in rule_of(name)[0]:
            continue
        answer = client.get(url)
        if answer.status_code != 200 or not is_page(answer):
            continue
        for one in asks_of(body_of(answer), url):
            key = key_of(team.scene.store, one)
            if key in asked or key[1] in LEFT:
                continue
            asked.add(key)
            with unrendered():
                status = ask(client, one.method, one.url, one.sent)
            if status in {403, 404, 405} or status >= 500:
                wrong.append((name, one.method, one.url, status))
    assert len(asked) > 40
    assert not wrong, f"{role}:\n" + "\n".join(map(str, wrong))


def key_of(store: Store, one: Ask) -> tuple[str, str, str]:
    """Return what makes two links the same: where they lead, whichever row it is."""
    try:
        found = resolve(one.path, "config.urls")
    except Http404:
        return one.method, one.path, ""
    which = str(found.kwargs.get("table") or found.kwargs.get("key") or "")
    return one.method, found.view_name, which
