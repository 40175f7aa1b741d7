"""The walls between stores: every page, as everybody, asked for what is the other store's.

An unguessable word stands in every text column of the other store; wherever it shows is a leak.
What is new is walked by itself: addresses come from the urlconf and the admin's own lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import cycle
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from accounts.models import Customer, User
from stores.admin import site
from stores.models import Staff, StoreModel
from stores.roles import Role
from stores.scope import all_stores, store_scope
from tests.admin.conftest import make_scene
from tests.conftest import client_at, make_store, make_user
from tests.hostile.conftest import ADMIN, SHOP, Place, World, make_world, path_of
from tests.isolation.forms_on_pages import asks_of
from tests.isolation.planting import plant

MARK = "qzx7wallmark"
REFUSED = {301, 302, 303, 400, 403, 404, 405, 409, 410, 422}
ROLES = [role.value for role in Role if role is not Role.OWNER]
EVERYBODY = ["nobody", "charlie", "erin", "dana", "operator", "alice", *ROLES]
SEE_ERRORS = {"nobody", "charlie", "alice"}
"""Who is shown the shop's own page of what is not found; the others only that it is not."""
SHARES = 8
"""Whose view of a page can hardly hold more than another's asks for one page in so many."""
NOBODY_OUTSIDE = {"STRIPE_API_BASE": "http://127.0.0.1:9", "STRIPE_NETWORK_RETRIES": 0}
NOT_ONES_OWN = {
    "stores:theme",
    "stores:picture",
    "content:worker",
    "storefront:home-page",
    "storefront:sitemap-page",
    "admin:stores_archive_table",
}
"""What everybody may have: files named by what is in them, and pages that no row is named by."""


class Walls:
    """Two stores side by side, and browsers at the first one."""

    def __init__(
        self,
        here: World,
        there: World,
        users: dict[str, User | None],
        foreign: list[tuple[Place, str]],
    ) -> None:
        self.here, self.there, self.users = here, there, users
        self.foreign = foreign
        """Addresses with the other store's ids in them."""
        self.tries = 0

    def at(self, who: str) -> Client:
        return self.here.browse(self.here.store, self.users[who])

    def ask(self, client: Client, method: str, path: str, sent: Any = None) -> Any:
        """Ask, and fail on any word of the other store, wherever it stands in the answer."""
        self.tries += 1
        for cache in caches.all():
            cache.clear()
        answer = getattr(client, method)(path, sent) if sent else getattr(client, method)(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert MARK.encode() not in body, (method, path)
        assert not any(MARK in str(value) for _name, value in answer.headers.items()), path
        assert answer.status_code < 500, (method, path, answer.status_code)
        return answer

    def rows_there(self) -> Iterator[tuple[str, int]]:
        """Yield one row of the other store of each model."""
        with store_scope(self.there.store):
            for model in apps.get_models():
                if issubclass(model, StoreModel):
                    row = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
                    if row is not None:
                        yield model._meta.label_lower, row


@pytest.fixture(scope="module")
def built(kept_rows: None) -> Walls:
    """Two full stores, made once for all the tests here."""
    with override_settings(**NOBODY_OUTSIDE):
        alice, dana = make_user("alice@example.com"), make_user("dana@example.com")
        store = make_store("thread", alice, name="Thread")
        other_store = make_store("crumb", dana, name="Crumb")
        with store_scope(store):
            charlie = Customer.objects.create(user=make_user("charlie@example.com"), name="Charlie")
        with store_scope(other_store):
            erin = Customer.objects.create(user=make_user("erin@example.com"), name="Erin")
        scene = make_scene(store, "charlie@example.com", "Linen")
        here = make_world(scene, alice, charlie, client_at)
        scene = make_scene(other_store, "erin@example.com", "Secretsauce")
        there = make_world(scene, dana, erin, client_at, label="others")
        users = {**here.users, "dana": dana, "erin": erin.user}
        for role in ROLES:
            users[role] = make_user(f"{role}@example.com")
            with store_scope(store):
                Staff.objects.create(user=users[role], name=role, role=role)
        named = [each for each in [*SHOP, *ADMIN] if each.address.parameters]
        foreign = [(place, there.path(place)) for place in named]
        assert plant(other_store, MARK) > 60, "hardly anything was planted"
    return Walls(here, there, users, foreign)


@pytest.fixture
def walls(db: None, built: Walls) -> Walls:
    """The stores as they were made, whatever the test before did to them."""
    return deepcopy(built)


@pytest.fixture(autouse=True)
def _local(settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    for name, value in NOBODY_OUTSIDE.items():
        setattr(settings, name, value)


@pytest.fixture
def counted(walls: Walls, record_property: Callable[[str, object], None]) -> Iterator[Walls]:
    yield walls
    record_property("tries", walls.tries)


@pytest.fixture
def errors_for_some(request: pytest.FixtureRequest) -> None:
    if request.getfixturevalue("who") not in SEE_ERRORS:
        request.getfixturevalue("short_errors")


def is_refused(place: Place, status: int) -> bool:
    return place.name in NOT_ONES_OWN or status in REFUSED


@pytest.mark.usefixtures("errors_for_some")
@pytest.mark.parametrize("who", EVERYBODY)
def test_the_other_stores_ids_open_nothing_to_anybody(counted: Walls, who: str) -> None:
    client = counted.at(who)
    for place, path in counted.foreign:
        if "sign-out" in place.name:
            continue
        answer = counted.ask(client, "get", path)
        assert is_refused(place, answer.status_code), (who, place.name, answer.status_code)


@pytest.mark.usefixtures("errors_for_some")
@pytest.mark.parametrize("who", ["nobody", "charlie", "erin", "alice", "support"])
def test_nothing_posted_to_the_other_stores_ids_is_done(counted: Walls, who: str) -> None:
    client = counted.at(who)
    sent = {"what": "all", "sure": "1", "email": "a@example.com", "name": "A", "text": "A"}
    for place, path in counted.foreign:
        answer = counted.ask(client, "post", path, sent)
        assert is_refused(place, answer.status_code), (who, place.name, answer.status_code)


SEEN_WHOLE = {"alice": [*SHOP, *ADMIN], "nobody": SHOP, "charlie": SHOP}
"""Whose pages are all asked for: the owner sees all that the team sees."""
READERS = ["alice", "nobody", "charlie", "dana", "support", "author"]


def share_of(who: str) -> list[Place]:
    """Return the pages one reader asks for; those of all readers together are all pages."""
    whole = SEEN_WHOLE.get(who, [])
    rest = [place for place in [*SHOP, *ADMIN] if place not in whole]
    return [*whole, *rest[READERS.index(who) :: SHARES]]


@pytest.mark.parametrize("who", READERS)
def test_no_page_of_a_store_says_a_word_of_the_other(counted: Walls, who: str) -> None:
    see(counted, who, share_of(who))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", [who for who in READERS if who != "alice"])
def test_no_page_at_all_of_a_store_says_a_word_of_the_other(counted: Walls, who: str) -> None:
    see(counted, who, [*SHOP, *ADMIN])


def see(walls: Walls, who: str, places: list[Place]) -> None:
    client = walls.at(who)
    for place in places:
        if place.name.endswith(("sign-out", "logout")):
            continue
        # Whoever is handed over is somebody else from there on.
        at = walls.at("nobody") if place.name == "accounts:hand-over" else client
        walls.ask(at, "get", walls.here.path(place))


LOOKUPS = ("__exact", "_id", "")
"""Ways to narrow a list that Django's own links do not take: one of them is tried by turns."""


def test_lists_narrowed_searched_and_paged_show_nothing_of_it(counted: Walls) -> None:
    alice, rows = counted.at("alice"), dict(counted.rows_there())
    turns = cycle(LOOKUPS)
    for model, model_admin in site._registry.items():
        url = model_admin.url_for("changelist")
        counted.ask(alice, "get", f"{url}?q={MARK[:6]}")
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or not isinstance(target, type) or field.auto_created:
                continue
            foreign = rows.get(target._meta.label_lower)
            if foreign is not None:
                for lookup in ("__id__exact", next(turns)):
                    counted.ask(alice, "get", f"{url}?{field.name}{lookup}={foreign}")
    counted.ask(alice, "get", f"/admin/search/?q={MARK[:6]}")
    with store_scope(counted.there.store):
        product = counted.there.scene.product.pk
        asked = [f"what=product&key={product}", f"what=people&key={product}"]
        asked += [f"what=customer&key={counted.there.scene.customer.pk}"]
    for query in asked:
        for page in ("", "table/"):
            counted.ask(alice, "get", f"/admin/payments/report/rows/{page}?{query}&period=year")
            counted.ask(alice, "get", f"/admin/payments/returningincome/rows/{page}?{query}")
    for page in ("", "stay/", "rows/"):
        counted.ask(alice, "get", f"/admin/payments/returningincome/{page}?product={product}")


def test_drop_downs_finish_no_word_of_it(counted: Walls) -> None:
    alice = counted.at("alice")
    for model in site._registry:
        for field in model._meta.get_fields():
            if getattr(field, "related_model", None) and not field.auto_created:
                names = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                query = {**names, "field_name": field.name, "term": MARK[:5]}
                counted.ask(alice, "get", reverse("admin:autocomplete"), query)


def fields_of(walls: Walls) -> Iterator[tuple[str, str, forms.ModelChoiceField]]:
    """Yield each field of each form, and of each row inside a form, that takes an id."""
    request = RequestFactory().get("/admin/")
    request.store = walls.here.store  # type: ignore[attr-defined]
    request.user = walls.users["alice"]  # type: ignore[assignment]
    request.staff = Staff.objects.get(role="owner")  # type: ignore[attr-defined]
    for model, model_admin in site._registry.items():
        row = walls.here.scene.row_of(model._meta.label_lower)
        found = [model_admin.get_form(request, row)]
        found += [
            inline.get_formset(request, row).form
            for inline in model_admin.get_inline_instances(request, row)
        ]
        for form in found:
            for name, field in form.base_fields.items():
                if isinstance(field, forms.ModelChoiceField):
                    yield model._meta.label, name, field


def test_no_field_of_a_form_takes_the_other_stores_id(counted: Walls) -> None:
    rows = dict(counted.rows_there())
    with store_scope(counted.here.store):
        for label, name, field in fields_of(counted):
            target: type[models.Model] = field.queryset.model
            foreign = rows.get(target._meta.label_lower)
            if foreign is None or not issubclass(target, StoreModel):
                continue
            counted.tries += 1
            is_many = isinstance(field, forms.ModelMultipleChoiceField)
            with pytest.raises(ValidationError):
                field.clean([foreign] if is_many else foreign)
            assert not any(MARK in str(words) for _value, words in field.choices), (label, name)


NOT_CHOSEN = ("csrf", "_FORMS", "attempt", "action")
CALLED = {"instead": "products.product", "heir": "stores.staff", "list": "storefront.mailinglist"}
"""Fields that are called otherwise than what is chosen in them."""


def foreign_of(walls: Walls, name: str, now: str) -> str | None:
    """Return the other store's id for a field of this name, as the field writes ids."""
    rows = dict(walls.rows_there())
    label = next((label for word, label in CALLED.items() if word in name), None)
    models = sorted(rows, key=lambda each: -len(each))
    label = label or next((each for each in models if each.split(".")[1] in name), None)
    if label is None or label not in rows:
        return None
    if now.isdigit() or not now:
        return str(rows[label])
    with store_scope(walls.there.store):
        row = apps.get_model(label)._default_manager.get(pk=rows[label])
    return str(getattr(row, "public_id", row.pk))


def crossings() -> list[str]:
    """Return every tie from a row of one store to a row of another."""
    found = []
    with all_stores():
        for model in apps.get_models():
            for field in model._meta.local_fields:
                target = field.related_model
                if not (isinstance(target, type) and issubclass(model, StoreModel)):
                    continue
                if issubclass(target, StoreModel):
                    ties = model._default_manager.filter(**{f"{field.name}__isnull": False})
                    if ties.exclude(**{f"{field.name}__store_id": F("store_id")}).exists():
                        found.append(f"{model._meta.label}.{field.name}")
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("who", "places"),
    [
        pytest.param("alice", ADMIN[::2], id="admin-0"),
        pytest.param("alice", ADMIN[1::2], id="admin-1"),
        pytest.param("charlie", SHOP, id="shop"),
    ],
)
def test_no_form_takes_the_other_stores_choice(
    counted: Walls, who: str, places: list[Place]
) -> None:
    client, tried = counted.at(who), 0
    for place in places:
        if place.name.endswith(("sign-out", "logout", "hand-over")):
            continue
        path = counted.here.path(place)
        page = client.get(path)
        if page.status_code != 200 or "html" not in page["Content-Type"] or page.streaming:
            continue
        for form in asks_of(page.content.decode(), path):
            if form.method != "post" or form.path != path:
                continue
            for name in sorted(form.choices):
                if any(word in name for word in NOT_CHOSEN):
                    continue
                foreign = foreign_of(counted, name, form.sent.get(name, ""))
                if foreign is not None:
                    counted.ask(client, "post", form.url, form.sent | {name: foreign})
                    tried += 1
    assert tried > 2
    assert not crossings()


@pytest.mark.parametrize("who", ["nobody", "charlie", "alice"])
def test_pages_of_what_went_wrong_say_nothing_of_it(counted: Walls, who: str) -> None:
    client = counted.at(who)
    slug = counted.there.scene.product.slug
    for path in ("/no/such/", "/admin/no/such/", f"/p/{slug}/", "/k/none/", "/he/no/"):
        assert counted.ask(client, "get", path).status_code in REFUSED
        counted.ask(client, "post", path, {"next": f"/p/{slug}/"})


def test_the_word_is_seen_where_it_belongs(walls: Walls) -> None:
    """Or the walls above would prove nothing."""
    at_home = walls.there.browse(walls.there.store, walls.users["dana"])
    paths, seen = dict(walls.foreign), 0
    for place in [*SHOP, *ADMIN]:
        if place.name.endswith(("sign-out", "logout")):
            continue
        answer = at_home.get(paths.get(place) or path_of(place, {}))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen += MARK.encode() in body
        if seen > 40:
            return
    pytest.fail(f"the word is seen on {seen} pages only")
