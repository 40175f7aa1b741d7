"""The try-out and the deed are one reckoning; done twice, killed or undone, nothing is doubled."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from access.models import Access, PaidSpan
from access.rules import tenure
from access.services.paid_time import paid_time
from accounts.models import Consent, Customer
from accounts.services.consents import has_consent, withdraw_consent
from core import clock
from core.tables import rows_to_csv
from mail.models import Message
from memberships.services.months import add_month
from payments.models import MoveIn, MoveInRow, Order
from payments.services.accounts import customer_at
from payments.services.moving_in import bringing, members, taking_back, working
from products.errors import NotSellable
from products.models import Price, Product
from products.services.sales import check_sale
from stores.models import Store
from stores.scope import current_store, store_scope
from tests.conftest import make_product
from tests.memberships.making import fill, make_club, opened
from tests.payments.moving_in.moving import bring, moved, sheet, states, tried, troubles

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 10, 9, tzinfo=UTC)
FULL = (
    "email,name,product,since,paid months,price,how often,next charge,agreed to news,"
    "when they agreed,where they agreed"
)


@pytest.fixture(autouse=True)
def _then(in_store: Store) -> Any:
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def club(in_store: Store) -> Product:
    return make_club(mode="tenure")


@pytest.fixture
def book(in_store: Store) -> Product:
    return make_product("ebook", title="The First Stitch")


def months_of(email: str, product: Product, now: datetime = NOW) -> int:
    access = Access.objects.filter(customer__user__email=email, product=product.pk).first()
    assert access is not None
    spans = paid_time([access], now)[access.pk]
    return tenure(spans, (), "month", current_store().zone, now)


def people(count: int = 1) -> list[str]:
    return [
        f"p{n}@example.com,P{n},A stitch a month,2025-06-20,24,45,month,2027-06-20,"
        "yes,2025-06-01,checkout"
        for n in range(count)
    ]


def rows_in_store() -> dict[str, int]:
    kinds = (Customer, Access, PaidSpan, Consent, Price, Message, Order)
    return {model.__name__: model.objects.count() for model in kinds}


def test_trying_out_writes_nothing(club: Product) -> None:
    before = rows_in_store()
    tried(sheet(*people(3), head=FULL), now=NOW)
    assert rows_in_store() == before


def test_the_try_out_says_what_the_deed_does(club: Product, book: Product) -> None:
    customer_at("known@example.com", "Known", "en")
    content = sheet(
        *people(2),
        "known@example.com,Known,The First Stitch,2024-02-01,,,,lifetime,no,,",
        "p0@example.com,P0,The First Stitch,2024-02-01,,,,lifetime,,,",
        "bad,Bad,A stitch a month,,,45,month,2027-06-20,,,",
        head=FULL,
    )
    move_in = tried(content, now=NOW)
    said = move_in.counts
    assert (said["new"], said["known"], said["letters"], said["bad"]) == (2, 1, 2, 1)
    bringing.begin(move_in, now=NOW)
    working.work_on(NOW)
    move_in.refresh_from_db()
    assert move_in.counts == said
    assert Access.objects.count() == 4
    assert Consent.objects.filter(withdrawn_at=None).count() == 2


def test_everything_a_line_says_is_written(club: Product) -> None:
    moved(sheet(*people(), head=FULL), now=NOW)
    access = Access.objects.select_related("customer__user", "price").get()
    until = clock.at_local(date(2027, 6, 20), time(12), current_store().zone)
    assert access.source_kind == "import"
    assert access.ends_at == until + timedelta(days=7)
    assert access.customer.user.confirmed_at is None
    assert access.price is not None
    assert (access.price.amount, access.price.interval, access.price.is_active) == (
        4500,
        "month",
        False,
    )
    assert months_of("p0@example.com", club) == 23
    consent = Consent.objects.get()
    assert consent.source == "checkout"
    assert clock.local_day(consent.given_at, current_store().zone) == date(2025, 6, 1)
    assert "checkout" in consent.wording


def test_a_month_opens_by_the_months_that_were_paid_for(club: Product) -> None:
    drops = fill(club, 5, now=NOW - timedelta(days=300))
    assert add_month
    moved(
        sheet("p0@example.com,P0,3,45,2027-06-20", head="email,name,paid months,price,next charge"),
        now=NOW,
        product=club,
    )
    customer = Customer.objects.get(user__email="p0@example.com")
    assert len(drops) == 5
    assert opened(customer, club, NOW) == [1, 2, 3]


def test_the_old_price_is_for_nobody_else(club: Product) -> None:
    moved(sheet(*people(2), head=FULL), now=NOW)
    price = Price.objects.get(is_moved_in=True)
    price.is_active = True
    with pytest.raises(NotSellable):
        check_sale(None, price, answers={}, now=NOW)


def test_the_same_file_again_changes_nothing(club: Product) -> None:
    content = sheet(*people(3), head=FULL)
    moved(content, now=NOW)
    before, spans = rows_in_store(), list(PaidSpan.objects.values("access", "starts_at", "ends_at"))
    again = moved(content, now=NOW)
    assert states(again) == ["same"] * 3
    assert rows_in_store() == before
    assert list(PaidSpan.objects.values("access", "starts_at", "ends_at")) == spans
    assert taking_back.undo(again, now=NOW)
    working.work_on(NOW)
    assert Access.objects.live(NOW).count() == 3


def test_other_values_for_the_same_person_are_asked_about(club: Product) -> None:
    moved(sheet(*people(), head=FULL), now=NOW)
    other = sheet(people()[0].replace("2027-06-20", "2027-07-20"), head=FULL)
    assert troubles(tried(other, now=NOW)) == [["other_before"]]


def test_a_killed_worker_costs_one_batch_and_doubles_nothing(
    club: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BATCH", 3)
    move_in = tried(sheet(*people(8), head=FULL), now=NOW)
    bringing.begin(move_in, now=NOW)
    count = 0
    real = working.give

    def killed(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(working, "give", killed)
    with pytest.raises(KeyboardInterrupt):
        working.work_on(NOW)
    assert states(move_in) == ["moved"] * 3 + ["good"] * 5
    monkeypatch.setattr(working, "give", real)
    working.work_on(NOW)  # its claim still stands
    assert states(move_in).count("good") == 5
    later = NOW + timedelta(minutes=6)
    with clock.standing_at(later):
        assert working.stores_with_due(later) == [current_store().pk]
        working.work_on(later)
        assert working.stores_with_due(later) == []
    move_in.refresh_from_db()
    assert states(move_in) == ["moved"] * 8
    assert move_in.counts["new"] == 8
    assert Access.objects.count() == 8
    assert PaidSpan.objects.count() == 8


def test_undoing_takes_back_just_what_the_file_gave(club: Product, book: Product) -> None:
    moved(sheet("p0@example.com,P0,lifetime", head="email,name,next charge"), now=NOW, product=book)
    move_in = moved(sheet(*people(), head=FULL), now=NOW)
    assert taking_back.undo(move_in, now=NOW)
    working.work_on(NOW)
    assert states(move_in) == ["undone"]
    assert [row.product_id for row in Access.objects.live(NOW)] == [book.pk]
    assert not has_consent(Customer.objects.get())
    assert not PaidSpan.objects.exists()


def test_after_an_undo_the_file_moves_in_anew(club: Product) -> None:
    content = sheet(*people(), head=FULL)
    move_in = moved(content, now=NOW)
    taking_back.undo(move_in, now=NOW)
    working.work_on(NOW)
    again = moved(content, now=NOW)
    assert states(again) == ["moved"]
    assert Access.objects.live(NOW).count() == 1
    assert months_of("p0@example.com", club) == 23
    assert has_consent(Customer.objects.get())


def test_it_can_be_undone_for_two_weeks(club: Product) -> None:
    move_in = moved(sheet(*people(), head=FULL), now=NOW)
    assert taking_back.may_undo(move_in, NOW + timedelta(days=13))
    assert not taking_back.undo(move_in, now=NOW + timedelta(days=15))


@pytest.mark.parametrize("cells", ["yes,,checkout", "yes,2025-06-01,", "no,2025-06-01,checkout"])
def test_no_yes_is_written_down_without_its_day_and_its_source(club: Product, cells: str) -> None:
    line = people()[0].rsplit(",", 3)[0]
    moved(sheet(f"{line},{cells}", head=FULL), now=NOW)
    assert not Consent.objects.exists()


def test_who_left_the_news_here_is_not_put_back(club: Product) -> None:
    moved(sheet(*people(), head=FULL), now=NOW)
    withdraw_consent(Customer.objects.get(), now=NOW)
    other = make_club(title="Another club")
    moved(sheet(people()[0].replace("A stitch a month", other.title), head=FULL), now=NOW)
    assert not has_consent(Customer.objects.get())


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        (",P,A stitch a month,,1,45,month,2027-06-20,,,", "no_email"),
        ("p@e.co,P,A thing,,1,45,month,2027-06-20,,,", "unknown_product"),
        ("p@e.co,P,,,1,45,month,2027-06-20,,,", "no_product"),
        ("p@e.co,P,A stitch a month,2028-01-01,1,45,month,2029-06-01,,,", "since_ahead"),
        ("p@e.co,P,A stitch a month,2027-06-01,1,45,month,2027-05-20,,,", "since_after"),
        ("p@e.co,P,A stitch a month,,many,45,month,2027-06-20,,,", "bad_months"),
        ("p@e.co,P,A stitch a month,,1,$45,month,2027-06-20,,,", "bad_amount"),
        ("p@e.co,P,A stitch a month,,1,45,daily,2027-06-20,,,", "bad_interval"),
        ("p@e.co,P,A stitch a month,,1,45,month,31/02/2027,,,", "bad_next_charge"),
        ("p@e.co,P,A stitch a month,,1,45,month,,,,", "no_next_charge"),
        ("p@e.co,P,A stitch a month,,1,45,month,lifetime,,,", "for_good_and_paid"),
        ("p@e.co,P,A stitch a month,,1,45,month,2031-01-01,,,", "too_far"),
        ("p@e.co,P,The First Stitch,,1,45,month,2027-06-20,,,", "paid_once"),
        ("p@e.co,P,A stitch a month,,1,45,month,2027-06-20,maybe,,", "bad_consent"),
        ("p@e.co,P,A stitch a month,,1,45,month,2027-06-20,yes,2027-07-01,x", "consent_ahead"),
    ],
)
def test_what_is_wrong_is_said(club: Product, book: Product, line: str, trouble: str) -> None:
    assert troubles(tried(sheet(line, head=FULL), now=NOW))[0][0] == trouble


def test_the_same_person_twice_in_a_file_is_said(
    club: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BATCH", 2)
    move_in = tried(sheet(*people(3), people()[0], head=FULL), now=NOW)
    assert troubles(move_in) == [[], [], [], ["twice"]]


def test_who_paid_until_long_ago_keeps_their_months_and_gets_no_letter(club: Product) -> None:
    line = people()[0].replace("2027-06-20", "2027-02-20")
    move_in = moved(sheet(line, head=FULL), now=NOW)
    assert move_in.counts["letters"] == 0
    assert not Access.objects.live(NOW).exists()
    assert months_of("p0@example.com", club) == 24


@pytest.mark.parametrize(("months", "passed"), [(1, 0), (14, 13), (25, 24)])
def test_the_31st_counts_whole_months(club: Product, months: int, passed: int) -> None:
    line = f"p0@example.com,P0,{months},45,2027-01-31"
    january = datetime(2027, 1, 15, 9, tzinfo=UTC)
    head = "email,name,paid months,price,next charge"
    with clock.standing_at(january):
        moved(sheet(line, head=head), now=january, product=club)
    assert months_of("p0@example.com", club, january) == passed
    after = clock.at_local(date(2027, 1, 31), time(13), current_store().zone)
    assert months_of("p0@example.com", club, after) == months


def test_since_alone_says_how_many_months(club: Product) -> None:
    line = "p0@example.com,P0,2026-01-20,45,2027-06-20"
    moved(sheet(line, head="email,name,since,price,next charge"), now=NOW, product=club)
    assert months_of("p0@example.com", club) == 16


def test_what_leaves_one_store_moves_into_another_as_it_is(
    club: Product, book: Product, other_store: Store
) -> None:
    content = sheet(
        *people(2),
        "p1@example.com,P1,The First Stitch,2024-02-01,,,,lifetime,,,",
        head=FULL,
    )
    first = tried(content, now=NOW)
    bringing.begin(first, now=NOW)
    working.work_on(NOW)
    table = "".join(rows_to_csv(members.head(), members.rows())).encode()
    with store_scope(other_store):
        make_club(mode="tenure")
        make_product("ebook", title="The First Stitch")
        other = tried(table, now=NOW)
        assert other.counts == first.counts
        shown = [
            {**row.does, "is_new": True, "consent": None}
            for row in other.rows.order_by("email", "line")
        ]
    ours = [
        {**row.does, "is_new": True, "consent": None}
        for row in first.rows.order_by("email", "line")
    ]
    assert sorted(map(str, shown)) == sorted(map(str, ours))


def test_after_three_months_a_files_own_words_are_gone(club: Product) -> None:
    move_in = moved(sheet(*people(), head=FULL), now=NOW)
    never = bring(sheet(*people(), head=FULL), now=NOW)
    later = NOW + timedelta(days=91)
    with clock.standing_at(later):
        working.work_on(later)
        assert current_store().pk not in working.stores_with_due(later)
    row = move_in.rows.get()
    assert (row.cells, row.state) == ([], "moved")
    assert not MoveIn.objects.filter(pk=never.pk).exists()


def test_files_of_one_store_are_not_the_others(club: Product, other_store: Store) -> None:
    move_in = bring(sheet(*people(), head=FULL), now=NOW)
    with store_scope(other_store):
        assert not MoveIn.objects.exists()
        assert not MoveInRow.objects.exists()
        with pytest.raises(MoveIn.DoesNotExist):
            bringing.begin(move_in, now=NOW)
