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


TURNS = range(len(HOSTILE))
"""Each turn gives every page the next text: all of them together try every text on every page."""
ONE_BY_ONE = [[name] for name in PARAMETERS]
USUAL, LONG = [0, 1], pytest.mark.slow


@pytest.mark.timeout(600)
@pytest.mark.parametrize("turns", [USUAL, pytest.param(TURNS[2:], marks=LONG)], ids=str)
def test_hostile_text_in_any_form_is_a_sentence_or_kept_as_text(
    scene: Scene, alice_at: Client, turns: list[int]
) -> None:
    for number, (name, url, _parts) in enumerate(all_pages(scene)):
        fields = _fields_of(alice_at, url)
        for turn in turns:
            text = HOSTILE[(number + turn) % len(HOSTILE)]
            response = alice_at.post(url, dict.fromkeys(fields, text))
            assert response.status_code < 500, (name, url, response.status_code)
            assert not (is_page(response) and "<script>alert" in body_of(response)), name


@pytest.mark.timeout(600)
@pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=LONG) for turn in TURNS[1:])])
def test_hostile_parameters_never_break_a_list(scene: Scene, alice_at: Client, turn: int) -> None:
    tries = [
        (name, url, asked)
        for name, url, parts in all_pages(scene)
        if not parts
        for asked in (
            [[one] for one in PARAMETERS] if name.endswith("_changelist") else [PARAMETERS]
        )
    ]
    for number, (name, url, asked) in enumerate(tries, start=turn):
        texts = {key: HOSTILE[(number + n) % len(HOSTILE)] for n, key in enumerate(asked)}
        response = alice_at.get(url, texts)
        assert response.status_code < 500, (name, asked)
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
