"""A presale opens by itself for all who bought it, or says that it is late; gates need no sweep."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Open, Source, Viewer
from access.models import Access
from access.services import presales
from access.services.gate import may_open
from access.services.granting import grant, grant_purchase, revoke, set_end
from accounts.models import Customer
from mail.models import Message
from products.errors import CannotMoveOpening, CannotPublish
from products.models import OpeningMove, Part, Price, Product
from products.services.bundles import include
from products.services.catalogue import publish
from products.services.presale import drop_opening, move_opening, open_now
from stores.models import Store
from tests.conftest import NOW, make_price, make_product, make_user

DAY = NOW + timedelta(days=14)
AFTER = DAY + timedelta(seconds=1)


def make_presale(*, ready: bool = True, opens_at: datetime = DAY, **over) -> Product:
    product = make_product("toy", amount=None, **over)
    move_opening(product, opens_at, now=NOW)
    if ready:
        make_ready(product)
    product.refresh_from_db()
    return product


def make_ready(product: Product) -> Part:
    return Part.objects.create(product_id=product.pk, kind="letter", title="1", published_at=NOW)


def buy(who: Customer, price: Price, source: str = "1", now: datetime = NOW) -> Access:
    price = Price.objects.select_related("product").get(pk=price.pk)
    source_of = Source("order_line", source)
    return grant_purchase(who, price=price, option="", source=source_of, now=now)[0]


def answer(who: Customer, product: Product, now: datetime):
    part = Part.objects.get(product=product.pk)
    return may_open(Viewer(customer=who), [part], now)[part]


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def work(now: datetime) -> None:
    presales.work(now, batches=100)


def test_the_gate_opens_at_the_moment_without_any_sweep(in_store: Store, charlie) -> None:
    product = make_presale()
    buy(charlie, make_price(product))
    before = answer(charlie, product, DAY - timedelta(seconds=1))
    assert before.code == "presale"
    assert "6 December 2026 at 12:00 (Israel Time)" in str(before.because)
    assert isinstance(answer(charlie, product, AFTER), Open)


def test_what_is_not_ready_stays_locked_and_is_late(in_store: Store, charlie) -> None:
    product = make_presale()
    buy(charlie, make_price(product))
    Product.objects.filter(pk=product.pk).update(late_at=AFTER)
    assert answer(charlie, product, AFTER).code == "late"


def test_the_gate_asks_the_format_whether_it_is_ready(
    in_store: Store, charlie, monkeypatch
) -> None:
    product = make_presale()
    buy(charlie, make_price(product))
    monkeypatch.setattr(
        type(product.contract), "blockers", lambda self, some: {each: ["No."] for each in some}
    )
    assert answer(charlie, product, AFTER).code == "late"


def test_it_opens_by_itself_and_mails_every_buyer_once(in_store: Store, charlie) -> None:
    product = make_presale()
    price = make_price(product, length="periods", length_count=3, length_unit="month")
    access = buy(charlie, price)
    for minutes in (1, 2, 3):
        work(DAY + timedelta(minutes=minutes))
    access.refresh_from_db()
    product.refresh_from_db()
    assert product.opened_at == DAY
    assert (access.awaits_id, access.starts_at) == (None, DAY)
    assert access.ends_at == datetime(2027, 3, 6, 10, tzinfo=DAY.tzinfo)
    assert kinds() == ["presale_opened"]
    assert "/k/" in Message.objects.get().context["open_url"]
    assert list(access.events.values_list("what", flat=True)) == ["granted", "begun"]


def test_a_sweep_that_began_before_it_was_opened_by_hand_tells_the_buyers(in_store, charlie):
    product = make_presale()
    buy(charlie, make_price(product))
    open_now(product, now=NOW + timedelta(seconds=1))
    work(NOW)  # it goes on with the moment at which it began
    assert kinds() == ["presale_opened"]


def test_not_ready_nothing_opens_and_both_sides_hear_the_same_day(in_store: Store, charlie) -> None:
    product = make_presale(ready=False)
    access = buy(charlie, make_price(product))
    work(AFTER)
    work(AFTER)
    make_ready(product)
    work(AFTER + timedelta(hours=1))
    access.refresh_from_db()
    product.refresh_from_db()
    assert product.late_at == AFTER
    assert not product.is_sellable
    assert not access.is_live(AFTER)
    assert kinds() == ["presale_late", "presale_delayed"]
    assert "6 December 2026" in Message.objects.get(kind="presale_delayed").mailing.text


def test_a_new_day_after_being_late_is_told_to_buyers_and_sells_again(in_store, charlie) -> None:
    product = make_presale(ready=False)
    buy(charlie, make_price(product))
    work(AFTER)
    later = DAY + timedelta(days=30)
    product = move_opening(product, later, now=AFTER)
    work(AFTER)
    work(AFTER)
    assert product.is_sellable
    assert kinds() == ["presale_late", "presale_delayed", "presale_moved"]
    mail = Message.objects.get(kind="presale_moved")
    assert "and it was not ready" in mail.mailing.text
    assert "5 January 2027" in mail.mailing.text
    assert "6 December 2026" in mail.mailing.text


def test_late_a_second_time_is_told_a_second_time(in_store: Store, charlie) -> None:
    product = make_presale(ready=False)
    buy(charlie, make_price(product))
    work(AFTER)
    move_opening(product, DAY + timedelta(days=1), now=AFTER)
    work(AFTER)
    work(AFTER + timedelta(days=1))
    told = [kind for kind in kinds() if kind in {"presale_delayed", "presale_moved"}]
    assert told == ["presale_delayed", "presale_moved", "presale_delayed"]


def test_a_draft_nobody_was_promised_keeps_its_day_and_is_judged_when_sold(
    in_store: Store,
) -> None:
    product = make_presale(status="draft", ready=False)
    make_price(product)
    work(AFTER)
    product.refresh_from_db()
    assert (product.opened_at, product.late_at) == (None, None)
    with time_machine.travel(AFTER, tick=False):
        with pytest.raises(CannotPublish, match="Its opening day has passed"):
            publish(product, AFTER)
        make_ready(product)
        publish(product, AFTER)
    work(AFTER)
    product.refresh_from_db()
    assert product.opened_at == DAY


def test_it_does_not_open_after_access_at_one_of_its_prices_is_over(in_store: Store) -> None:
    product = make_presale()
    make_price(product, length="until", length_until=DAY.date())
    move_opening(product, DAY + timedelta(hours=2), now=NOW)
    with pytest.raises(CannotMoveOpening, match="access ends on"):
        move_opening(product, DAY + timedelta(days=1), now=NOW)


def test_a_day_moved_and_moved_back_before_the_sweep_is_no_news(in_store, charlie) -> None:
    product = make_presale()
    buy(charlie, make_price(product))
    product = move_opening(product, DAY - timedelta(days=1), now=NOW)
    move_opening(product, DAY, now=NOW)
    work(NOW)
    assert kinds() == []


def test_a_day_moved_there_and_back_with_sweeps_between_is_told_each_time(
    in_store, charlie
) -> None:
    product = make_presale()
    buy(charlie, make_price(product))
    for days in (1, 0, 1):
        product = move_opening(product, DAY - timedelta(days=days), now=NOW)
        work(NOW)
    assert kinds() == ["presale_moved"] * 3


def test_opened_earlier_by_hand_the_time_bought_begins_then(in_store: Store, charlie) -> None:
    product = make_presale()
    price = make_price(product, length="periods", length_count=1, length_unit="week")
    access = buy(charlie, price)
    early = NOW + timedelta(days=2)
    open_now(product, now=early)
    assert isinstance(answer(charlie, product, early), Open)
    work(early)
    access.refresh_from_db()
    assert (access.starts_at, access.ends_at) == (early, early + timedelta(days=7))
    late_buyer = Customer.objects.create(user=make_user("new@example.com"))
    assert buy(late_buyer, price, "2", early).starts_at == early


def test_an_end_set_by_hand_while_it_waits_stands_when_it_opens(in_store: Store, charlie) -> None:
    product = make_presale()
    access = buy(charlie, make_price(product, length="periods", length_count=1, length_unit="week"))
    set_end(access, DAY + timedelta(days=99), now=NOW)
    work(AFTER)
    access.refresh_from_db()
    assert access.ends_at == DAY + timedelta(days=99)


def test_it_cannot_be_opened_by_hand_before_it_is_ready(in_store: Store) -> None:
    with pytest.raises(CannotPublish):
        open_now(make_presale(ready=False), now=NOW)


def test_who_took_the_money_back_hears_nothing_more(in_store: Store, charlie) -> None:
    product = make_presale()
    access = buy(charlie, make_price(product))
    revoke(access, now=NOW)
    move_opening(product, DAY + timedelta(days=1), now=NOW)
    work(NOW)
    work(DAY + timedelta(days=2))
    access.refresh_from_db()
    assert kinds() == []
    assert access.revoked_at == NOW


def test_a_presale_inside_a_bundle_waits_alone_and_its_time_begins_with_it(
    in_store, charlie
) -> None:
    presale = make_presale(title="Later")
    bundle = make_product("bundle", title="Both", amount=None)
    include(bundle, presale)
    price = make_price(bundle, length="periods", length_count=1, length_unit="month")
    top = buy(charlie, price)
    child = top.children.get()
    assert top.is_live(NOW)
    assert not child.is_live(NOW)
    work(AFTER)
    child.refresh_from_db()
    assert child.starts_at == DAY
    assert child.ends_at == datetime(2027, 1, 6, 10, tzinfo=DAY.tzinfo)
    assert kinds() == ["presale_opened"]


def test_what_stands_in_a_later_bundle_waits_for_it_and_then_for_itself(in_store, charlie) -> None:
    inner = make_presale(title="Inner", opens_at=DAY + timedelta(days=7))
    bundle = make_product("bundle", title="Both", amount=None)
    include(bundle, inner)
    bundle = move_opening(bundle, DAY, now=NOW)
    child = buy(charlie, make_price(bundle)).children.get()
    assert child.awaits_id == bundle.pk
    work(AFTER)
    child.refresh_from_db()
    assert child.awaits_id == inner.pk
    assert not child.is_live(AFTER)
    work(AFTER + timedelta(days=7))
    child.refresh_from_db()
    assert child.is_live(AFTER + timedelta(days=7))
    assert kinds() == ["presale_opened", "presale_opened"]


def test_what_is_given_by_hand_does_not_wait(in_store: Store, charlie) -> None:
    product = make_presale()
    access = grant(charlie, product=product, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    assert access.is_live(NOW)
    assert isinstance(answer(charlie, product, NOW), Open)


def test_a_purchase_that_read_the_product_before_it_opened_is_settled_after(
    in_store, charlie
) -> None:
    product = make_presale()
    price = Price.objects.select_related("product").get(pk=make_price(product).pk)
    open_now(product, now=NOW)
    work(NOW)
    grant_purchase(charlie, price=price, option="", source=Source("order_line", "1"), now=NOW)
    assert isinstance(answer(charlie, product, NOW), Open)
    assert Access.objects.live(NOW).count() == 1
    work(NOW)
    assert Access.objects.get().awaits_id is None
    assert kinds() == ["presale_opened"]


def test_live_rows_and_live_objects_agree(in_store: Store, charlie) -> None:
    product = make_presale()
    buy(charlie, make_price(product, length="periods", length_count=1, length_unit="week"))
    open_now(product, now=NOW)
    for moment in (NOW - timedelta(1), NOW, DAY + timedelta(days=30)):
        rows = Access.objects.live(moment)
        assert [each.is_live(moment) for each in Access.objects.all()] == [bool(rows)]


def test_a_day_cannot_be_named_in_the_past_or_for_what_has_opened(in_store: Store) -> None:
    product = make_presale()
    with pytest.raises(CannotMoveOpening):
        move_opening(product, NOW, now=NOW)
    open_now(product, now=NOW)
    with pytest.raises(CannotMoveOpening):
        move_opening(product, DAY, now=NOW)


def test_what_is_sold_and_open_cannot_become_a_presale(in_store: Store) -> None:
    product = make_product()
    product.prices.update(sold_at=NOW)
    with pytest.raises(CannotMoveOpening):
        move_opening(product, DAY, now=NOW)


def test_a_day_that_was_promised_to_buyers_cannot_be_dropped(in_store: Store, charlie) -> None:
    product = make_presale()
    buy(charlie, make_price(product))
    with pytest.raises(CannotMoveOpening):
        drop_opening(product, now=NOW)
    other = make_presale(title="Unsold")
    assert drop_opening(other, now=NOW).opens_at is None


def test_every_change_of_an_opening_is_written_down(in_store: Store) -> None:
    product = make_presale(ready=False)
    move_opening(product, DAY + timedelta(days=1), now=NOW, by="Alice")
    work(DAY + timedelta(days=2))
    moves = OpeningMove.objects.filter(product=product).values_list("what", "by")
    assert list(moves) == [("named", ""), ("moved", "Alice"), ("late", "")]


def test_the_creator_is_warned_seven_two_and_no_days_before_once_each(in_store: Store) -> None:
    make_presale(ready=False)
    for hours in range(0, 24 * 15, 6):
        presales.work(NOW + timedelta(hours=hours), batches=9)
    warned = Message.objects.filter(kind="presale_warning").order_by("pk")
    assert [each.context["days"] for each in warned] == [7, 2, 0]


def test_what_is_ready_is_warned_of_never(in_store: Store) -> None:
    make_presale(ready=True)
    work(DAY - timedelta(days=1))
    assert kinds() == []


def test_a_worker_killed_between_batches_leaves_the_rest_for_the_next(
    in_store: Store, monkeypatch
) -> None:
    monkeypatch.setattr(presales, "BATCH", 2)
    product = make_presale()
    price = make_price(product)
    for number in range(5):
        who = Customer.objects.create(user=make_user(f"c{number}@example.com"))
        buy(who, price, str(number))
    assert presales.work(AFTER, batches=1)
    assert Access.objects.filter(awaits=None).count() == 2
    work(AFTER)
    assert kinds() == ["presale_opened"] * 5


def test_the_gate_asks_as_many_queries_for_fifty_presales_as_for_one(in_store, charlie) -> None:
    parts = []
    for number in range(50):
        product = make_presale(title=f"P{number}")
        buy(charlie, make_price(product), str(number))
        parts.append(Part.objects.get(product=product.pk))

    def queries(some: list[Part]) -> int:
        with CaptureQueriesContext(connection) as asked:
            answers = may_open(Viewer(customer=charlie), some, AFTER)
        assert all(isinstance(each, Open) for each in answers.values())
        return len(asked)

    assert queries(parts[:1]) == queries(parts)
