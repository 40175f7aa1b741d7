"""The first run: each step opens in place, is put aside, and is only for who may do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from payments.models import Order
from products.models import Plan, Price, Product
from stores.models import Business, FirstRun, Staff, Store
from stores.roles import Role
from stores.services import first_run
from tests.conftest import make_product
from tests.content.files import epub


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def as_role(store: Store, browse: Callable[..., Client], role: Role) -> Client:
    user = User.objects.create_user(f"{role}@example.com")
    Staff.objects.create(user=user, name=role, role=role)
    return browse(store, user)


def shown(client: Client) -> dict[str, str]:
    """Return the steps on Today, each as done, aside, next or ahead."""
    lines = client.get("/admin/").context["checklist"].lines
    return {
        line.step.key: "done"
        if line.step.is_done
        else "aside"
        if line.is_skipped
        else "next"
        if line.is_next
        else "ahead"
        for line in lines
    }


def test_the_first_step_stands_open_with_its_minutes_and_how_far_it_is(owner: Client) -> None:
    page = owner.get("/admin/").content.decode()
    assert "0 of 8 done" in page
    assert 'name="tagline"' in page
    assert shown(owner)["business"] == "next"


def test_a_line_ticks_the_first_step_and_the_second_opens(owner: Client, in_store: Store) -> None:
    values = {"name": "Thread", "tagline": "Sew slowly", "colour": "#0B5D4B"}
    answer = owner.post("/admin/first/business/", values)
    assert answer["Location"] == "/admin/#first-steps"
    in_store.refresh_from_db()
    assert (in_store.tagline, in_store.look.colour) == ("Sew slowly", "#0B5D4B")
    assert shown(owner)["product"] == "next"


def test_what_was_wrong_is_said_and_kept(owner: Client) -> None:
    answer = owner.post("/admin/first/business/", {"name": "Thread", "colour": "red"})
    assert answer.status_code == 422
    assert b"Thread" in answer.content
    assert b"A colour looks like" in answer.content


def test_a_step_is_put_aside_and_taken_up(owner: Client) -> None:
    owner.post("/admin/first/business/skip/")
    assert shown(owner)["business"] == "aside"
    assert shown(owner)["product"] == "next"
    owner.post("/admin/first/business/take-up/")
    assert shown(owner)["business"] == "next"


def test_looking_at_a_way_to_put_aside_puts_nothing_aside(owner: Client) -> None:
    owner.get("/admin/first/business/skip/")
    owner.get("/admin/first/fold/")
    assert not FirstRun.objects.exists()


def test_the_list_is_put_away_and_found_again(owner: Client) -> None:
    owner.post("/admin/first/fold/")
    assert "Opening your store" not in owner.get("/admin/").content.decode()
    assert "Opening your store" in owner.get("/admin/first/").content.decode()


def test_from_a_name_to_a_book_on_sale(owner: Client, tmp_path: Path) -> None:
    owner.post("/admin/first/product/", {"title": "Ten seams", "format": "ebook"})
    book = Product.objects.get()
    assert Plan.objects.get().product_id == book.pk
    assert not Price.objects.exists()
    with epub(tmp_path / "seams.epub").open("rb") as file:
        owner.post("/admin/first/content/", {"book_file": file})
    owner.post("/admin/first/price/", {"amount_text": "39"})
    assert Price.objects.get().amount == 3_900
    answer = owner.post("/admin/first/publish/")
    assert answer["Location"] == f"/admin/products/product/{book.pk}/share/"
    book.refresh_from_db()
    assert book.status == Product.Status.PUBLISHED


def test_a_file_that_is_no_book_is_refused_at_its_field(owner: Client, tmp_path: Path) -> None:
    owner.post("/admin/first/product/", {"title": "Ten seams", "format": "ebook"})
    (tmp_path / "x.epub").write_bytes(b"no book at all")
    with (tmp_path / "x.epub").open("rb") as file:
        answer = owner.post("/admin/first/content/", {"book_file": file})
    assert answer.status_code == 422
    assert shown(owner)["content"] != "done"


@pytest.mark.parametrize(
    ("typed", "amount"), [({"is_free": "on"}, 0), ({"amount_text": "12.50"}, 1_250)]
)
def test_a_price_is_free_or_an_amount(owner: Client, typed: dict[str, str], amount: int) -> None:
    make_product("ebook", status="draft", amount=None)
    owner.post("/admin/first/price/", typed)
    assert Price.objects.get().amount == amount


@pytest.mark.parametrize("typed", ["", "many", "0.01", "-3"])
def test_what_is_no_price_is_none(owner: Client, typed: str) -> None:
    make_product("ebook", status="draft", amount=None)
    assert owner.post("/admin/first/price/", {"amount_text": typed}).status_code == 422
    assert not Price.objects.exists()


def test_nothing_unready_goes_on_sale(owner: Client) -> None:
    product = make_product("ebook", status="draft")
    owner.post("/admin/first/publish/")
    product.refresh_from_db()
    assert product.status == Product.Status.DRAFT


def test_the_business_is_written_down_in_place(owner: Client) -> None:
    values = {
        "legal_name": "Alice", "country": "IL", "kind": "exempt", "tax_id": "123456782",
        "address": "1 Herzl", "city": "Haifa", "email": "alice@example.com",
    }  # fmt: skip
    owner.post("/admin/first/seller/", values)
    assert Business.objects.get().city == "Haifa"
    assert shown(owner)["seller"] == "done"


def test_who_may_not_do_a_step_does_not_see_it(
    in_store: Store, browse: Callable[..., Client]
) -> None:
    author = as_role(in_store, browse, Role.AUTHOR)
    assert set(shown(author)) == {"product", "content", "price", "test", "publish"}
    assert author.post("/admin/first/business/", {}).status_code == 403
    assert author.post("/admin/first/business/skip/").status_code == 403
    assert author.post("/admin/first/fold/").status_code == 403
    assert not FirstRun.objects.exists()


def test_a_step_that_is_none_is_not_found(owner: Client) -> None:
    assert owner.get("/admin/first/nothing/").status_code == 404


def test_a_draft_is_tried_at_the_till_and_nobody_else_can(
    owner: Client, in_store: Store, browse: Callable[..., Client]
) -> None:
    make_product("ebook", status="draft")
    till = f"/buy/{Price.objects.get().public_id}/"
    assert browse(in_store).get(till).status_code == 404
    page = owner.get(till)
    assert b"Buy it as a test" in page.content
    assert b"alice@example.com" in page.content
    values = {"email": "alice@example.com", "name": "Alice", "terms": "on", "attempt": "a1"}
    typed = {**page.context["form"].initial, **values, "seen": "4900", "test": "1"}
    owner.post(till, {key: value for key, value in typed.items() if value is not None})
    order = Order.objects.get()
    assert (order.is_test, order.status) == (True, Order.Status.PAID)
    assert not Order.objects.sales().exists()
    assert shown(owner)["test"] == "done"


def test_a_draft_is_never_sold(owner: Client) -> None:
    make_product("ebook", status="draft")
    till = f"/buy/{Price.objects.get().public_id}/"
    typed = {"email": "a@example.com", "name": "A", "terms": "on", "attempt": "a2", "seen": "4900"}
    owner.post(till, typed)
    assert not Order.objects.exists()


# -- the chooser


ANSWERS = {"income": "no", "authority": "yes", "technology": "little", "helpers": "no"}


def test_the_answers_are_kept_and_can_be_changed(owner: Client) -> None:
    owner.post("/admin/products/which/", {**ANSWERS, "has": ["text"]})
    assert first_run.first_run().answers["has"] == ["text"]
    assert b"You have text to begin with." in owner.get("/admin/products/which/answer/").content
    owner.post("/admin/products/which/", ANSWERS)
    assert b"which you still have to write" in owner.get("/admin/products/which/answer/").content


def test_without_answers_the_questions_are_asked(owner: Client) -> None:
    assert owner.get("/admin/products/which/answer/")["Location"] == "/admin/products/which/"
    assert owner.post("/admin/products/which/", {}).status_code == 422


def test_a_draft_is_begun_only_by_pressing(owner: Client) -> None:
    owner.get("/admin/products/which/ebook/begin/")
    assert not Product.objects.exists()
    owner.post("/admin/products/which/ebook/begin/")
    assert Product.objects.get().prices.exists()
    assert owner.post("/admin/products/which/nothing/begin/").status_code == 404


def test_who_may_not_change_products_begins_none(
    in_store: Store, browse: Callable[..., Client]
) -> None:
    support = as_role(in_store, browse, Role.SUPPORT)
    assert support.get("/admin/products/which/").status_code == 403
    assert support.post("/admin/products/which/ebook/begin/").status_code == 403


def test_the_plan_is_ticked_on_the_products_page(owner: Client) -> None:
    owner.post("/admin/products/which/ebook/begin/")
    product = Product.objects.get()
    owner.post(f"/admin/products/product/{product.pk}/plan/", {"done": ["0", "1", "x"]})
    assert Plan.objects.get().ticked == [0, 1]


# -- sharing


def test_a_products_page_share_opens_and_its_code_is_a_file(owner: Client) -> None:
    product = make_product("ebook")
    page = owner.get(f"/admin/products/product/{product.pk}/share/").content.decode()
    assert "from=link" in page
    drawn = owner.get(f"/admin/products/product/{product.pk}/share/qr.svg?save")
    assert drawn["Content-Type"] == "image/svg+xml"
    assert "attachment" in drawn["Content-Disposition"]
