"""The morning list, and who of the team gets what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from mail.models import Message, MorningList
from mail.services import failed
from mail.services.morning import make_list, stores_with_due
from mail.services.outbox import post_to_creators
from mail.services.team import choose, receivers
from mail.tasks import make_morning_lists
from stores import slots
from stores.models import Staff, Store
from stores.slots import Duty, MorningLine, mail_kinds

EVENING = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 5, 31, tzinfo=UTC)
SHABBAT = datetime(2026, 11, 28, 5, 31, tzinfo=UTC)


@pytest.fixture
def waiting(in_store: Store) -> Iterator[Store]:
    """A store in which one order waits and one thing was sold, whose first list is due."""
    duty = Duty("x", "Order 7 waits", None, "/admin/orders/7/", "Look", "sales")
    with (
        slots.duties.registered("test", lambda _store, _now: [duty]),
        slots.morning_lines.registered("test", lambda *_: [MorningLine("2 sales", "/a/", "sales")]),
    ):
        stores_with_due(EVENING)
        yield in_store


def posted() -> list[Message]:
    return list(Message.objects.filter(kind="morning"))


def test_the_list_is_due_at_half_past_seven_on_the_stores_wall(in_store: Store) -> None:
    assert stores_with_due(EVENING) == []
    assert MorningList.objects.get().due_at == datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
    assert stores_with_due(MORNING) == [in_store.pk]


def test_it_tells_each_thing_with_its_link(waiting: Store) -> None:
    assert make_list(waiting, now=MORNING) == 1
    (message,) = posted()
    assert message.to_address == "alice@example.com"
    link = "http://thread.localhost:8000/admin/orders/7/"
    assert message.context["duties"] == [{"title": "Order 7 waits", "link": link}]
    assert message.context["news"][0]["title"] == "2 sales"


def test_a_second_worker_makes_no_second_list(waiting: Store) -> None:
    make_list(waiting, now=MORNING)
    MorningList.objects.update(due_at=MORNING - timedelta(minutes=1))
    make_list(waiting, now=MORNING)
    assert len(posted()) == 1


def test_an_empty_morning_sends_nothing(in_store: Store) -> None:
    stores_with_due(EVENING)
    assert make_list(in_store, now=MORNING) == 0
    assert posted() == []


def test_on_shabbat_nothing_is_sent_and_sunday_tells_of_it_too(waiting: Store) -> None:
    MorningList.objects.update(due_at=SHABBAT - timedelta(days=1, minutes=1))
    make_list(waiting, now=SHABBAT - timedelta(days=1))
    asked: list[datetime] = []
    with slots.morning_lines.registered("spy", lambda _s, since, _u: asked.append(since) or []):
        assert make_list(waiting, now=SHABBAT) == 0
        make_list(waiting, now=SHABBAT + timedelta(days=1))
    assert asked == [SHABBAT - timedelta(days=1)]


def test_a_worker_that_slept_until_noon_leaves_it_for_tomorrow(waiting: Store) -> None:
    assert make_list(waiting, now=MORNING + timedelta(hours=6)) == 0
    assert MorningList.objects.get().due_at == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def test_each_of_the_team_reads_only_their_part(waiting: Store, bob: User) -> None:
    coach = Staff.objects.get(user=bob)
    Staff.objects.filter(pk=coach.pk).update(role="coach")
    coach.refresh_from_db()
    choose(coach, ["morning"])
    make_list(waiting, now=MORNING)
    assert [message.to_address for message in posted()] == ["alice@example.com"]


def test_the_sweep_makes_every_stores_list(waiting: Store, other_store: Store) -> None:
    with time_machine.travel(EVENING, tick=False):
        make_morning_lists()
    with time_machine.travel(MORNING, tick=False):
        make_morning_lists()
    assert len(posted()) == 1


def test_owners_get_all_until_they_say_otherwise_and_others_nothing(
    in_store: Store, alice: User, bob: User
) -> None:
    kind = mail_kinds.get("sale")
    assert [person.user_id for person in receivers(kind)] == [alice.pk]
    choose(Staff.objects.get(user=alice), [])
    choose(Staff.objects.get(user=bob), ["sale"])
    assert [person.user_id for person in receivers(kind)] == [bob.pk]
    Staff.objects.filter(user=bob).update(role="author")
    assert receivers(kind) == []


def test_a_mail_to_the_team_is_one_for_each_however_often_posted(
    in_store: Store, bob: User
) -> None:
    choose(Staff.objects.get(user=bob), ["sale"])
    for _ in range(2):
        post_to_creators("sale", key="sale:1", context={"total": "₪49"})
    assert Message.objects.count() == 2


def test_a_mail_that_did_not_arrive_waits_for_somebody(in_store: Store) -> None:
    fields = {"kind": "receipt", "language": "en", "to_address": "x@example.com"}
    for number in range(3):
        Message.objects.create(key=str(number), state="failed", **fields)
    found = failed.duties(in_store, datetime.now(UTC))
    assert len(found) == 3
    assert "x@example.com" in str(found[0].sentence)
    for number in range(3, 9):
        Message.objects.create(key=str(number), state="failed", **fields)
    (one,) = failed.duties(in_store, datetime.now(UTC))
    assert one.url.endswith("?state=failed")
