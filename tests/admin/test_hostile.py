from __future__ import annotations

import pytest
from django.test import Client

from stores.scope import store_scope
from tests.admin.conftest import Scene, all_pages, body_of, is_page

HOSTILE = [
    "x" * 20_000,
    "\u202egnp.exe\u202c \u2066abc",
    "a\x00b",
    "<script>alert(1)</script>{{ 7*7 }}{% load x %}",
    '=HYPERLINK("http://x","y")',
    "999999999999999999999999999999",
    "-1",
    "NaN",
    "%s%n%(x)s'; DROP TABLE stores_store; --",
]
PARAMETERS = [
    "q",
    "p",
    "o",
    "e",
    "state",
    "all",
    "product__id__exact",
    "_popup",
    "_to_field",
    "x__y",
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("some", [HOSTILE[:3], HOSTILE[3:6], HOSTILE[6:]])
def test_hostile_text_in_any_form_is_a_sentence_or_kept_as_text(
    scene: Scene, alice_at: Client, some: list[str]
) -> None:
    for name, url, _parts in all_pages(scene):
        fields = _fields_of(alice_at, url)
        for text in some:
            response = alice_at.post(url, dict.fromkeys(fields, text))
            assert response.status_code < 500, (name, url, response.status_code)
            assert not (is_page(response) and "<script>alert" in body_of(response)), name


@pytest.mark.timeout(600)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_parameters_never_break_a_list(scene: Scene, alice_at: Client, text: str) -> None:
    for name, url, parts in all_pages(scene):
        if parts:
            continue
        for parameter in PARAMETERS:
            response = alice_at.get(url, {parameter: text})
            assert response.status_code < 500, (name, parameter)
            assert not (is_page(response) and "<script>alert" in body_of(response)), name


def test_numbers_no_row_can_have_are_not_found(scene: Scene, alice_at: Client) -> None:
    for number in ("0", "99999999999999999999999", "-1", "1%00", "x'--"):
        for model in ("products/product", "ebooks/ebook", "payments/order", "accounts/customer"):
            status = alice_at.get(f"/admin/{model}/{number}/change/").status_code
            assert status == 404, (model, number, status)


def test_a_name_with_markup_is_shown_as_it_was_typed(scene: Scene, alice_at: Client) -> None:
    with store_scope(scene.store):
        type(scene.product).objects.filter(pk=scene.product.pk).update(title="<b>Bold</b>")
    body = alice_at.get("/admin/products/product/").content.decode()

    assert "&lt;b&gt;Bold&lt;/b&gt;" in body
    assert "<b>Bold</b>" not in body


def _fields_of(client: Client, url: str) -> list[str]:
    """The names of what a page's form asks for."""
    response = client.get(url)
    found = {"what", "because", "reason", "amount_text"}
    context = response.context or []
    for layer in context:
        for key in ("form", "adminform"):
            form = layer.get(key) if hasattr(layer, "get") else None
            form = getattr(form, "form", form)
            found |= set(getattr(form, "fields", ()))
    prices = {f"prices-0-{name}" for name in ("kind", "amount_text", "label", "is_active", "id")}
    totals = {"prices-TOTAL_FORMS", "prices-INITIAL_FORMS"}
    return sorted(found | prices | totals)
