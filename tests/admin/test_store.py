from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from payments.models import Order, OtherWay
from stores import slots
from stores.models import Look, Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from stores.slots import Duty, TodayCard
from tests.admin.conftest import Scene
from tests.conftest import make_price, make_product
from tests.payments.documents.papers import business_in


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def business(store: Store, **over: object) -> dict[str, object]:
    return {
        "name": "Thread",
        "tagline": "A line",
        "about": "",
        "language": "en",
        "languages": ["he"],
        "time_zone": "Europe/London",
        "gender": "neutral",
    } | over


def test_the_business_page_changes_this_store(owner: Client, in_store: Store) -> None:
    url = f"/admin/stores/store/{in_store.pk}/change/"
    owner.post(url, business(in_store, languages=["he", "en"]))

    store = Store.objects.get(pk=in_store.pk)
    assert (store.tagline, store.time_zone) == ("A line", "Europe/London")
    assert store.languages == ["he"], "the store's own language has no prefix"
    assert store.version > in_store.version


def test_the_lists_of_settings_lead_to_the_one_page(owner: Client, in_store: Store) -> None:
    assert owner.get("/admin/stores/store/")["Location"].endswith(f"/{in_store.pk}/change/")
    assert owner.get("/admin/stores/look/").status_code == 302
    assert owner.get("/admin/stores/store/add/").status_code == 403


@pytest.mark.parametrize("colour", ["red", "#12", "#gggggg", "javascript:1", ""])
def test_a_colour_that_is_none_is_refused(owner: Client, in_store: Store, colour: str) -> None:
    url = f"/admin/stores/look/{in_store.look.pk}/change/"
    posted = {"colour": colour, "type_pair": "book", "corner": "2", "mark_line": "rule"}

    assert owner.post(url, posted).status_code == 200
    assert Look.objects.get(store=in_store).colour == "#A8412C"


def test_a_light_colour_is_explained(owner: Client, in_store: Store) -> None:
    Look.objects.filter(store=in_store).update(colour="#FFF3B0")
    body = owner.get(f"/admin/stores/look/{in_store.look.pk}/change/").content.decode()

    assert "the words are black" in body
    assert "a little darker by day" in body


def test_the_admin_wears_the_stores_colour(owner: Client, in_store: Store) -> None:
    Look.objects.filter(store=in_store).update(colour="#123456")

    assert "--brand: #123456" in owner.get("/admin/").content.decode()


# -- today


def test_today_shows_duties_by_date_and_only_what_one_may_see(
    owner: Client, in_store: Store, browse: Callable[..., Client]
) -> None:
    author = User.objects.create_user("author@example.com")
    Staff.objects.create(user=author, name="A", role=Role.AUTHOR)

    def duties(store: Store, now: object) -> list[Duty]:
        return [
            Duty("later", "Later thing", None, "/x/", "Do"),
            Duty("sooner", "Sooner thing", clock.now(), "/y/", "Do"),
            Duty("money", "Money thing", clock.now(), "/z/", "Do", "sales"),
        ]

    with slots.duties.registered("test", duties):
        mine = owner.get("/admin/").content.decode()
        theirs = browse(in_store, author).get("/admin/").content.decode()

    assert mine.index("Sooner thing") < mine.index("Later thing")
    assert "Money thing" in mine
    assert "Money thing" not in theirs


def test_every_number_of_today_opens_its_rows(owner: Client) -> None:
    with slots.today_cards.registered(
        "test", lambda store, now: [TodayCard("k", "Sold", "7", "/rows/")]
    ):
        body = owner.get("/admin/").content.decode()

    assert 'href="/rows/"' in body


def make_test_order() -> None:
    """Buy something as a test, as the last step but one asks."""
    Order.objects.create(
        number=1,
        attempt="t",
        language="en",
        currency="ILS",
        total=4900,
        provider="test",
        is_test=True,
        terms_accepted_at=clock.now(),
    )


def open_steps(client: Client) -> list[str]:
    lines = client.get("/admin/").context["checklist"].lines
    return [line.step.key for line in lines if not line.step.is_done]


def test_the_steps_of_a_new_store_tick_themselves(owner: Client, in_store: Store) -> None:
    first = ["business", "product", "content", "price", "seller", "ways", "test", "publish"]
    assert open_steps(owner) == first
    Store.objects.filter(pk=in_store.pk).update(tagline="Sewing, slowly")
    product = make_product("ebook", status="draft", amount=None)
    assert open_steps(owner) == ["content", "price", "seller", "ways", "test", "publish"]
    make_price(product)
    type(product).objects.update(status="published")
    business_in(in_store)
    OtherWay.objects.create(kind="transfer", name="Bank", instructions="12-345")
    make_test_order()

    assert open_steps(owner) == []
    assert "Your store is open" in owner.get("/admin/").content.decode()


# -- search


def test_search_finds_this_stores_rows_only(
    scene: Scene, other_scene: Scene, alice_at: Client
) -> None:
    assert "Linen book" in alice_at.get("/admin/search/?q=book").content.decode()
    assert "Secretsauce" not in alice_at.get("/admin/search/?q=book").content.decode()


def test_search_keeps_nothing_from_one_store_to_the_next(
    scene: Scene, other_scene: Scene, alice: User, browse: Callable[..., Client]
) -> None:
    with store_scope(other_scene.store):
        Staff.objects.create(user=alice, name="Alice", role=Role.OWNER)
    there = browse(other_scene.store, alice).get("/admin/search/?q=book").content.decode()
    here = browse(scene.store, alice).get("/admin/search/?q=book").content.decode()

    assert "Secretsauce book" in there
    assert "Secretsauce" not in here


def test_search_finds_nothing_in_what_one_may_not_see(
    scene: Scene, browse: Callable[..., Client]
) -> None:
    author = User.objects.create_user("author@example.com")
    with store_scope(scene.store):
        Staff.objects.create(user=author, name="A", role=Role.AUTHOR)

    body = browse(scene.store, author).get("/admin/search/?q=linen").content.decode()

    assert "Linen book" in body
    assert "Linen reader" not in body
    assert "1001" not in body


# -- the operator


@pytest.fixture
def operator(db: None, browse: Callable[..., Client]) -> Client:
    return browse(None, User.objects.create_superuser("op@example.com"))


@pytest.mark.parametrize(
    "path", ["stores/store/", "payments/stripeevent/", "payments/outboundcall/"]
)
def test_the_operator_reads_across_stores(
    scene: Scene, other_scene: Scene, operator: Client, path: str
) -> None:
    assert operator.get(f"/operator/{path}").status_code == 200
    if path == "stores/store/":
        body = operator.get(f"/operator/{path}").content.decode()
        assert "Thread" in body
        assert "Crumb" in body


def test_the_operator_only_reads(scene: Scene, operator: Client) -> None:
    url = f"/operator/stores/store/{scene.store.pk}"

    assert operator.get(f"{url}/change/").status_code == 200
    assert operator.post(f"{url}/change/", {"name": "Stolen"}).status_code == 403
    assert operator.get("/operator/stores/store/add/").status_code == 403
    assert operator.post(f"{url}/delete/").status_code == 403
    assert Store.objects.get(pk=scene.store.pk).name == "Thread"


def test_nobody_else_reads_it(
    scene: Scene, alice: User, browse: Callable[..., Client], operator: Client
) -> None:
    url = "/operator/stores/store/"
    assert browse(None).get(url)["Location"] == f"/sign-in/?next={url}"
    assert browse(None, alice).get(url).status_code == 404
    on_a_store = browse(scene.store, User.objects.get(email="op@example.com"))
    assert on_a_store.get(url).status_code == 404


@pytest.mark.parametrize("path", ["login/", "logout/", "password_change/", "nothing/"])
def test_the_operator_has_no_password_pages(operator: Client, path: str) -> None:
    assert operator.get(f"/operator/{path}").status_code == 404


def test_staff_who_miss_a_page_of_the_admin_are_led_back_to_it(
    owner: Client, in_store: Store, browse: Callable[..., Client]
) -> None:
    missed = owner.get("/admin/payments/order/99999/change/")
    assert missed.status_code == 404
    assert "To the store's admin" in missed.content.decode()
    assert "your shelf" not in missed.content.decode()
    stranger = browse(in_store).get("/no-such-page/").content.decode()
    assert "admin" not in stranger
    assert "your shelf" in stranger


def test_a_page_of_settings_is_called_as_its_tab(owner: Client, in_store: Store) -> None:
    look = Look.objects.get(store=in_store)
    history = owner.get(f"/admin/stores/look/{look.pk}/history/").content.decode()
    assert "What was done: Look" in history
    assert look.colour not in re.search(r"<h1>.*?</h1>", history)[0]  # type: ignore[index]


def test_a_store_chooses_its_clock_by_the_name_of_a_place(owner: Client, in_store: Store) -> None:
    page = owner.get(f"/admin/stores/store/{in_store.pk}/change/").content.decode()
    assert ">United States (New York)</option>" in page
    assert ">America/New_York<" not in page
