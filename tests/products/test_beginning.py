"""A draft begins as its format proposes; prices are round; advice comes from what is there."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from core import money
from products.contract import formats
from products.models import Plan, Product
from products.rules import FIRST_MOST, like_shekels
from products.services import advising
from products.services.beginning import begin, proposed, tick
from products.services.sharing import kit_of, qr_png, qr_svg
from stores.models import Store
from tests.conftest import NOW, make_price, make_product


@pytest.mark.parametrize("currency", money.CURRENCIES)
def test_a_first_price_is_round_and_can_be_charged_in_every_currency(currency: str) -> None:
    small, most = like_shekels(49, currency), like_shekels(FIRST_MOST, currency)
    assert money.smallest_charge(currency) <= small < most
    assert money.to_major(most, currency) % 1 == 0


def test_shekels_stay_what_they_are() -> None:
    assert like_shekels(500, "ILS") == 50_000
    assert like_shekels(500, "USD") == 14_000


@pytest.mark.parametrize("key", formats.keys())
def test_every_format_begins_a_draft_in_the_stores_currency(key: str, in_store: Store) -> None:
    product = begin(key, now=NOW, answers={"authority": "yes"})
    assert product.status == Product.Status.DRAFT
    assert product.title
    assert {each.currency for each in product.prices.all()} <= {in_store.currency}
    draft = proposed(key)
    assert Plan.objects.filter(product=product).exists() == (draft is not None)


def test_a_draft_speaks_the_stores_language(in_store: Store) -> None:
    in_store.language = "he"
    draft = proposed("ebook")
    assert draft is not None
    assert "מדריך" in str(draft.title)


def test_the_checklist_keeps_what_is_ticked(in_store: Store) -> None:
    product = begin("ebook", now=NOW)
    tick(product, [0, 2, 99])
    plan = Plan.objects.get(product=product)
    assert plan.ticked == [0, 2]
    assert plan.left == len(plan.checklist) - 2


def test_advice_goes_once_it_was_taken(in_store: Store) -> None:
    product = make_product("ebook", amount=100_000)
    before = [str(each) for each in advising.on_page(product)]
    assert any("result" in each for each in before)
    product.result = "Bake a loaf that rises"
    product.description = "For whom. " * 30
    after = [str(each) for each in advising.on_page(product)]
    assert len(after) == len(before) - 2


@pytest.mark.parametrize(
    ("amount", "word"), [(100_000, "best small"), (500, "very low"), (4_900, "")]
)
def test_a_price_that_is_too_high_or_too_low_is_spoken_of(
    in_store: Store, amount: int, word: str
) -> None:
    product = make_product("ebook", amount=amount)
    said = " ".join(str(each) for each in advising.on_prices(product))
    assert (word in said) if word else ("best small" not in said and "very low" not in said)


def test_a_second_product_is_no_first_one(in_store: Store) -> None:
    first = make_product("ebook")
    type(first).objects.filter(pk=first.pk).update(published_at=NOW)
    second = make_product("ebook", amount=None)
    make_price(second, amount=100_000)
    assert not advising.is_first(second)


def test_what_is_shared_says_where_and_is_in_the_products_language(in_store: Store) -> None:
    product = make_product("ebook", title="התפר", language="he")
    kit = kit_of(product)
    assert "from=whatsapp" in kit.whatsapp_text
    assert "הכנתי" in kit.whatsapp_text
    assert "from%3Dmail" in kit.mail_url
    assert kit.whatsapp_url.startswith("https://wa.me/?text=")


def test_a_hebrew_address_is_shared_as_it_is_read(in_store: Store) -> None:
    product = make_product("ebook", title="התפר", language="he", slug="התפר-הראשון")
    kit = kit_of(product)
    for told in (kit.link, kit.whatsapp_text, kit.mail_text):
        assert "/p/התפר-הראשון/?from=" in told
        assert "%D7" not in told
    for told in (kit.whatsapp_text, kit.mail_text):
        assert any(line.startswith("http") for line in told.splitlines())
    assert unquote(kit.whatsapp_url.partition("?text=")[2]) == kit.whatsapp_text


def test_the_code_for_print_is_a_drawing_and_a_picture(in_store: Store) -> None:
    product = make_product("ebook")
    assert b"<svg" in qr_svg(product)
    assert qr_png(product).startswith(b"\x89PNG")
