"""What every format keeps, run over all that are registered and the toy eighth one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.models import Access
from access.services import inclusions
from access.services.granting import grant, grant_purchase, revoke
from accounts.models import Customer
from products.contract import ProductFormat, SoldLine, formats
from products.models import Price, Product
from products.services.bundles import include
from products.services.catalogue import create_product, set_status
from products.services.checks import check_format
from products.services.drafts import duplicate
from stores.models import Store
from tests.conftest import NOW, make_price, make_product, make_user

LATER = NOW + timedelta(days=1)


@pytest.fixture(params=formats.keys())
def product_format(request: pytest.FixtureRequest) -> ProductFormat:
    return formats[request.param]


@pytest.fixture
def product(product_format: ProductFormat, in_store: Store) -> Product:
    return create_product(product_format.key, title="A thing", now=NOW)


@pytest.fixture
def fifty(product_format: ProductFormat, in_store: Store) -> list[Access]:
    """Fifty accesses of fifty customers to fifty products of the format."""
    accesses = []
    for number in range(50):
        product = create_product(product_format.key, title=f"Thing {number}", now=NOW)
        customer = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        accesses.append(
            grant(
                customer,
                product=product,
                source=Source("hand", str(number)),
                starts_at=NOW,
                now=NOW,
            )
        )
    return accesses


def assert_same_queries(ask, many) -> None:
    with CaptureQueriesContext(connection) as for_all:
        ask(many)
    with CaptureQueriesContext(connection) as for_one:
        ask(many[:1])
    assert len(for_all) == len(for_one)


def test_the_toy_eighth_format_is_tested_too() -> None:
    assert "toy" in formats


def test_its_facts_are_there(product_format: ProductFormat) -> None:
    assert product_format.key == product_format.key.lower()
    assert str(product_format.label)
    assert str(product_format.plural)
    assert product_format.object
    assert set(product_format.price_kinds) <= set(Price.Kind.values)
    assert "free" in product_format.price_kinds


def test_the_system_check_finds_nothing_missing(product_format: ProductFormat) -> None:
    assert check_format(product_format) == []


def test_a_new_product_is_a_draft_with_its_child_row(
    product_format: ProductFormat, product: Product
) -> None:
    assert product.status == Product.Status.DRAFT
    assert product.format == product_format.key
    assert (product_format.model or Product).objects.filter(pk=product.pk).exists()


def test_an_empty_product_cannot_open_and_says_why(
    product_format: ProductFormat, product: Product
) -> None:
    sentences = product_format.blockers([product])[product]
    assert sentences
    assert all(str(sentence).endswith((".", "!")) for sentence in sentences)


def test_before_sale_refuses_nobody_without_a_reason(
    product_format: ProductFormat, product: Product, charlie: Customer
) -> None:
    price = make_price(product)
    for who in (charlie, "new@example.com", None):
        assert product_format.before_sale(who, price, {}, NOW) is None


def test_granted_and_revoked_may_be_said_twice(
    product_format: ProductFormat, product: Product, charlie: Customer
) -> None:
    access = grant(charlie, product=product, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    for _ in range(2):
        product_format.on_granted([access])
        product_format.on_renewed([access])
        revoke(access, now=LATER)
        product_format.on_revoked([access])
    assert not access.is_live(LATER)


def test_sold_and_unsold_may_be_said_twice(
    product_format: ProductFormat, product: Product, charlie: Customer
) -> None:
    line = SoldLine("1001", product, make_price(product), charlie)
    for verb in (product_format.on_sold, product_format.on_unsold):
        verb(line)
        verb(line)


def test_every_shelf_card_says_where_one_is_and_what_is_next(
    product_format: ProductFormat, fifty: list[Access]
) -> None:
    cards = product_format.shelf_cards(fifty, LATER)
    assert set(cards) <= set(fifty)
    for card in cards.values():
        assert str(card.next_step)
        assert card.next_url.startswith("/")
        assert 0 <= card.progress <= 1


def test_what_leaving_keeps_and_closes_is_said_for_what_was_asked(
    product_format: ProductFormat, fifty: list[Access]
) -> None:
    said = product_format.keeps(fifty, LATER)
    assert set(said) <= set(fifty)
    assert all(str(each.kept) or str(each.closes) for each in said.values())


@pytest.mark.parametrize("verb", ["on_granted", "on_renewed", "on_revoked", "open_urls"])
def test_a_verb_asks_as_many_queries_for_fifty_as_for_one(
    verb: str, product_format: ProductFormat, fifty: list[Access]
) -> None:
    assert_same_queries(getattr(product_format, verb), fifty)


def test_cards_agenda_and_blockers_ask_as_many_queries_for_fifty_as_for_one(
    product_format: ProductFormat, fifty: list[Access]
) -> None:
    cards = partial(product_format.shelf_cards, now=LATER)
    agenda = partial(product_format.agenda, now=LATER, until=LATER + timedelta(days=30))
    assert_same_queries(cards, fifty)
    assert_same_queries(agenda, fifty)
    assert_same_queries(partial(product_format.keeps, now=LATER), fifty)
    assert_same_queries(product_format.blockers, [access.product for access in fifty])


def test_it_tells_its_outline_options_duties_and_workspace(
    product_format: ProductFormat, product: Product, in_store: Store
) -> None:
    for row in product_format.outline(product):
        assert row.title
    for option in product_format.options(product):
        assert option.key
    for duty in product_format.duties(in_store, NOW):
        assert str(duty.sentence)
    for tab in product_format.workspace(product):
        assert tab.url.startswith("/")


def test_its_demo_is_made_once(product_format: ProductFormat, in_store: Store) -> None:
    first = list(product_format.demo(in_store, "en"))
    again = list(product_format.demo(in_store, "en"))
    assert [each.pk for each in first] == [each.pk for each in again]
    assert Product.objects.of_format(product_format.key).count() == len(first)


def test_it_stands_in_a_bundle_and_in_a_tier_and_is_given_with_them(
    product_format: ProductFormat, product: Product, charlie: Customer
) -> None:
    bundle = create_product("bundle", title="Everything", now=NOW)
    set_status(product, "published")
    gold = make_price(bundle, amount=9900)
    plain = make_price(bundle)
    include(bundle, product, price=gold)
    for number, price in enumerate((plain, gold)):
        source = Source("order_line", str(number))
        given = grant_purchase(charlie, price=price, option="", source=source, now=NOW)
        assert [each.product_id for each in given[1:]] == [product.pk] * number
    revoke(given[0], now=LATER)
    assert not Access.objects.live(LATER).filter(product=product).exists()


def test_added_to_a_bundle_it_is_given_at_as_many_queries_to_many_as_to_one(
    product_format: ProductFormat, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = make_product("bundle", title="Everything")
    set_status(product, "published")
    for number in range(22):
        customer = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        source = Source("hand", str(number))
        grant(customer, product=bundle, source=source, starts_at=NOW, now=NOW)
    due = include(bundle, product, now=NOW)
    counts = []
    for size in (1, 1, 20):  # the first makes the mailing that all have in common
        monkeypatch.setattr(inclusions, "BATCH", size)
        with CaptureQueriesContext(connection) as found:
            inclusions.give_batch(due.pk, NOW)
        counts.append(len(found))
    assert counts[1] == counts[2]
    assert Access.objects.filter(product=product).count() == 22


def test_a_copy_is_a_draft_of_the_same_format(
    product_format: ProductFormat, product: Product
) -> None:
    copy = duplicate(product, LATER)
    assert (copy.format, copy.status) == (product.format, Product.Status.DRAFT)
    assert (product_format.model or Product).objects.filter(pk=copy.pk).exists()
