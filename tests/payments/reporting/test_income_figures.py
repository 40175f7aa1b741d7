"""What returns equals what is told of random members, and what its rows add up to."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from payments.models import IncomeStep, PaidRun
from payments.services.income import figures, rows
from payments.services.income.scopes import Scope, asked
from payments.services.income.writing import unwritten, write_income, write_missing
from stores.models import Store
from stores.scope import store_scope
from tests.payments.reporting.members import NOW, Event, Member, World

HERE = {"paying", "resting", "held"}
JOINED = {"new", "again"}


@pytest.fixture(params=["Asia/Jerusalem", "America/Los_Angeles", "Pacific/Auckland"])
def world(request: pytest.FixtureRequest, store: Store) -> Iterator[World]:
    """A store somewhere, with a random year across both changes of clocks."""
    Store.objects.filter(pk=store.pk).update(time_zone=request.param)
    with store_scope(Store.objects.get(pk=store.pk)):
        yield World(random.Random(request.param), 25)


@pytest.fixture
def one_world(in_store: Store) -> World:
    """The same in one zone, for what knows no months."""
    return World(random.Random(3), 25)


def month_of(world: World, moment: datetime) -> date:
    return clock.local_day(moment, world.zone).replace(day=1)


def changes(members: list[Member]) -> list[tuple[Event, int]]:
    """All that happened until now, each with how much it changed the income."""
    found = []
    for each in members:
        last = 0
        for event in each.told:
            if event.at < NOW:
                found.append((event, event.monthly - last))
            last = event.monthly
    return found


def standing(members: list[Member], moment: datetime) -> list[Event]:
    return [event for each in members if (event := each.before(moment)) is not None]


def opened(what: str, key: object, scope: Scope) -> tuple[int, int]:
    found = rows.find(what, str(key), scope)
    assert found is not None, (what, key)
    listed = list(found.all())
    assert (found.count, found.amount) == (len(listed), sum(each.amount for each in listed))
    return found.count, found.amount


@pytest.mark.differs
def test_steps_are_what_is_told(world: World) -> None:
    for each in world.members:
        steps = each.subscription.income_steps.order_by("number")
        said = [] if each.subscription.order.is_test else each.told
        assert [
            (step.since, step.kind, step.state, step.monthly, step.worth, step.price_id)
            for step in steps
        ] == [
            (event.at, event.kind, event.state, event.monthly, event.worth, event.price)
            for event in said
        ]


@pytest.mark.differs
@pytest.mark.parametrize("currency", ["ILS", "USD"])
def test_the_bridge_leads_from_month_to_month(world: World, currency: str) -> None:
    members, scope = world.of(currency), asked({"currency": currency}, NOW)
    moved: dict[date, Counter[str]] = defaultdict(Counter)
    counted: dict[date, Counter[str]] = defaultdict(Counter)
    for event, change in changes(members):
        moved[month_of(world, event.at)][event.kind] += change
        counted[month_of(world, event.at)][event.kind] += 1
    found, edges = figures.by_month(scope), scope.edges
    assert [each.month for each in found] == list(scope.months)
    for number, each in enumerate(found):
        begun, ended = standing(members, edges[number]), standing(members, edges[number + 1])
        assert each.opening == sum(event.monthly for event in begun)
        assert each.closing == sum(event.monthly for event in ended)
        assert each.members_before == sum(event.state in HERE for event in begun)
        assert each.members == sum(event.state in HERE for event in ended)
        assert each.resting == sum(event.state == "resting" for event in ended)
        assert each.held == sum(event.state == "held" for event in ended)
        assert dict(each.moved) == dict(moved[each.month])
        assert dict(each.counted) == dict(counted[each.month])
        key = f"{each.month:%Y-%m}"
        for kind in figures.MOVES:
            its = (each.counted.get(kind, 0), each.moved.get(kind, 0))
            assert opened(kind, key, scope) == its
        assert opened("monthly", key, scope)[1] == each.closing
        assert opened("moves", key, scope)[1] == each.closing - each.opening
        assert opened("members", key, scope)[0] == each.members
        assert opened("joined", key, scope)[0] == each.joined
        assert opened("resting", key, scope)[0] == each.resting
        assert opened("held", key, scope)[0] == each.held
    assert any(found[-1].moved or each.moved for each in found)


@pytest.mark.differs
def test_now_and_its_shares_add_up(one_world: World) -> None:
    members, scope = one_world.of("ILS"), asked({}, NOW)
    stand = standing(members, NOW)
    by_state = {
        state: [event for event in stand if event.state == state]
        for state in ("paying", "resting", "held", "before")
    }
    found = figures.now(scope)
    assert found.monthly == sum(event.monthly for event in by_state["paying"])
    assert found.paying == len(by_state["paying"])
    for state, worth in (("resting", found.resting_worth), ("held", found.held_worth)):
        assert getattr(found, state) == len(by_state[state])
        assert worth == sum(event.worth for event in by_state[state])
        assert opened(state, "", scope) == (len(by_state[state]), worth)
    assert found.trying == len(by_state["before"]) == opened("trying", "", scope)[0]
    assert opened("monthly", "", scope) == (found.paying, found.monthly)
    for what, shares in (
        ("product", figures.by_product(scope)),
        ("price", figures.by_price(scope)),
    ):
        sums: Counter[str] = Counter()
        for each in members:
            event = each.before(NOW)
            if event is not None and event.state == "paying":
                key = each.subscription.product_id if what == "product" else event.price
                sums[str(key)] += event.monthly
        assert {share.key: share.amount for share in shares} == dict(sums)
        for share in shares:
            assert opened(what, share.key, scope) == (share.count, share.amount)


@pytest.mark.differs
def test_one_product_alone_is_a_part_of_all(one_world: World) -> None:
    scope = asked({}, NOW)
    alone = [asked({"product": str(club.pk)}, NOW) for club in one_world.clubs]
    assert figures.now(scope).monthly == sum(figures.now(each).monthly for each in alone)
    assert figures.value(scope).kept == sum(figures.value(each).kept for each in alone)
    whole = figures.flows(scope)
    parts = [figures.flows(each) for each in alone]
    for number, flow in enumerate(whole):
        assert flow.stays == sum(part[number].stays for part in parts)
        assert flow.recovered == sum(part[number].recovered for part in parts)


@pytest.mark.differs
@pytest.mark.parametrize("currency", ["ILS", "USD"])
def test_money_by_month(world: World, currency: str) -> None:
    members, scope = world.of(currency), asked({"currency": currency}, NOW)
    found = {each.month: each for each in figures.flows(scope)}
    for name, what in (
        ("paid", "charges"),
        ("back", "refunds"),
        ("lost", "disputes"),
        ("recovered", "failed"),
    ):
        sums: Counter[date] = Counter()
        for each in members:
            for at, amount in getattr(each, name):
                if at < NOW:
                    sums[month_of(world, at)] += amount
        columns = {"paid": "came", "back": "refunds", "lost": "disputes"}
        for month, flow in found.items():
            amount = getattr(flow, columns.get(name, name))
            assert amount == sums[month]
            assert opened(what, f"{month:%Y-%m}", scope)[1] == amount


@pytest.mark.differs
def test_who_stays_for_how_long(one_world: World) -> None:
    members, scope = one_world.of("ILS"), asked({"months": "24"}, NOW)
    here, left = Counter[int](), Counter[int]()
    for each in members:
        if each.joined is None or each.joined.at >= NOW:
            continue
        time = sum(
            ((min(until, NOW) - since) for since, until in each.runs if since < NOW), timedelta()
        )
        months = int((time + timedelta(days=3)) / timedelta(days=30.4375))
        number = sum(months >= least for least in figures.TENURES) - 1
        event = each.before(NOW)
        (left if event is not None and event.state == "over" else here)[number] += 1
    for line in figures.tenures(scope):
        assert (line.here, line.left) == (here[line.number], left[line.number])
        assert opened("here", line.number, scope)[0] == line.here
        assert opened("gone", line.number, scope)[0] == line.left


@pytest.mark.differs
def test_cohorts_and_what_they_brought(world: World) -> None:
    members, scope = world.of("ILS"), asked({"months": "24"}, NOW)
    joined: dict[date, list[Member]] = defaultdict(list)
    for each in members:
        if each.joined is not None and each.joined.at < NOW:
            joined[month_of(world, each.joined.at)].append(each)
    found, ends = figures.cohorts(scope), scope.edges[1:]
    assert {each.month: each.size for each in found} == {
        month: len(theirs) for month, theirs in joined.items()
    }
    for cohort in found:
        key, first = f"{cohort.month:%Y-%m}", scope.months.index(cohort.month)
        assert opened("cohort", key, scope)[0] == cohort.size
        for number, paying in enumerate(cohort.paying):
            stand = standing(joined[cohort.month], ends[first + number])
            assert paying == sum(event.state == "paying" for event in stand)
            assert opened("cohort", f"{key}.{number}", scope)[0] == paying
    values = {each.month: each for each in figures.values(scope)}
    for month, theirs in joined.items():
        value = values[month]
        for name, amount in (
            ("paid", value.paid),
            ("back", value.refunded),
            ("lost", value.lost),
        ):
            assert amount == sum(
                part for each in theirs for at, part in getattr(each, name) if at < NOW
            )
        assert opened("value", f"{month:%Y-%m}", scope) == (value.members, value.kept)
    whole = figures.value(scope)
    assert whole.kept == sum(each.kept for each in values.values())
    assert opened("value", "", scope) == (whole.members, whole.kept)


@pytest.mark.differs
def test_why_they_left(world: World) -> None:
    members, scope = world.of("ILS"), asked({}, NOW)
    told = Counter(
        each.why
        for each in members
        for event in each.told
        if event.kind == "left" and scope.edges[0] <= event.at < NOW
    )
    found = figures.reasons(scope)
    assert {each.key: each.count for each in found} == dict(told)
    for each in found:
        assert opened("reason", each.key or "unsaid", scope) == (each.count, each.amount)


@pytest.mark.differs
def test_as_much_is_asked_of_many_members_as_of_few(in_store: Store) -> None:
    scope, counts = asked({}, NOW), []
    for many in (4, 20):
        World(random.Random(many), many)
        with CaptureQueriesContext(connection) as questions:
            figures.now(scope)
            figures.by_month(scope)
            figures.flows(scope)
            figures.by_product(scope)
            figures.by_price(scope)
            figures.tenures(scope)
            figures.cohorts(scope)
            figures.values(scope)
            figures.value(scope)
            figures.reasons(scope)
        counts.append(len(questions))
    assert counts[0] == counts[1] <= 20


@pytest.mark.differs
def test_written_again_is_the_same(one_world: World) -> None:
    before = list(IncomeStep.objects.order_by("pk").values())
    runs = list(PaidRun.objects.order_by("pk").values())
    for each in one_world.members:
        write_income(each.subscription)
    assert list(IncomeStep.objects.order_by("pk").values()) == before
    assert list(PaidRun.objects.order_by("pk").values()) == runs
    IncomeStep.objects.all().delete()
    PaidRun.objects.all().delete()
    write_missing()
    assert not unwritten().exists()
    assert IncomeStep.objects.count() == len(before)
    assert PaidRun.objects.count() == len(runs)


def test_what_is_no_figure_has_no_rows(in_store: Store) -> None:
    scope = asked({}, NOW)
    for what, key in (
        *(("secrets", ""), ("product", "x"), ("price", "9" * 30), ("here", "99")),
        *(("cohort", ""), ("cohort", "1999-01"), ("cohort", "2026-11.9"), ("gone", "")),
    ):
        assert rows.find(what, key, scope) is None


def test_what_makes_no_sense_is_the_usual(in_store: Store) -> None:
    scope = asked({"months": "7", "currency": "XXX", "product": "99999"}, NOW)
    assert (len(scope.months), scope.currency, scope.product) == (12, in_store.currency, None)
    assert scope.months[-1] == date(2026, 11, 1)
    assert scope.edges[-1] == NOW
