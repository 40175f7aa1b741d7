from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from content.models import Report, Thread
from conversations.models import Conversation
from core import clock
from payments.models import FindRequest
from products.models import Part
from stores import slots
from stores.admin.inbox import waiting, waiting_count
from stores.models import Staff
from stores.roles import Role
from stores.scope import store_scope
from stores.slots import InboxItem
from tests.admin.conftest import Scene, body_of, notice_in


@pytest.fixture(autouse=True)
def waits(scene: Scene) -> None:
    """Something of every kind waits."""
    now = clock.now()
    with store_scope(scene.store):
        notice_in(scene.order)
        part = Part.objects.create(product=scene.product, kind="epub", title="Seams")
        thread = Thread.objects.create(
            part=part, customer=scene.customer, text="How?", waiting_since=now
        )
        Report.objects.create(thread=thread, customer=scene.customer, because="rude")
        FindRequest.objects.create(email="lost@example.com")
        more_letters(scene, 3)


def more_letters(scene: Scene, count: int) -> None:
    now = clock.now()
    Conversation.objects.bulk_create(
        Conversation(
            customer=scene.customer,
            kind="contact",
            name=f"Writer {number}",
            state="waiting",
            waiting_since=now - timedelta(minutes=number),
            last_at=now,
        )
        for number in range(count)
    )


@pytest.mark.parametrize("role", list(Role))
def test_the_count_is_the_length_of_the_list_for_every_role(scene: Scene, role: Role) -> None:
    with store_scope(scene.store):
        staff = Staff(store=scene.store, role=role, name="x")

        assert waiting_count(scene.store, staff) == len(waiting(scene.store, staff))


def test_every_source_counts_what_it_lists(scene: Scene) -> None:
    with store_scope(scene.store):
        for key in slots.inbox_items.keys():  # noqa: SIM118 -- a slot is no dictionary
            listed = slots.inbox_items.get(key)(scene.store)
            counted = slots.inbox_counts.get(key)(scene.store)

            assert listed, key
            assert sum(counted.values()) == len(listed), key
            assert {area for area, count in counted.items() if count} == {
                item.area for item in listed
            }


def test_nobody_counts_beyond_what_the_list_shows(scene: Scene) -> None:
    owner = Staff(store=scene.store, role=Role.OWNER, name="x")
    with store_scope(scene.store):
        more_letters(scene, 230)

        assert waiting_count(scene.store, owner) == len(waiting(scene.store, owner))


def test_who_counts_nothing_has_the_items_counted(scene: Scene) -> None:
    owner = Staff(store=scene.store, role=Role.OWNER, name="x")
    item = InboxItem("x:1", clock.now(), "Somebody", "waits", "/")
    with store_scope(scene.store):
        before = waiting_count(scene.store, owner)
        with slots.inbox_items.registered("x", lambda _store: [item]):
            assert waiting_count(scene.store, owner) == before + 1


def test_the_count_reads_no_rows(scene: Scene) -> None:
    owner = Staff(store=scene.store, role=Role.OWNER, name="x")
    with store_scope(scene.store), CaptureQueriesContext(connection) as seen:
        waiting_count(scene.store, owner)

    assert len(seen) == 5
    assert all("COUNT(" in each["sql"] for each in seen.captured_queries)


def test_the_badge_says_how_many_stand_in_the_inbox(scene: Scene, alice_at: Client) -> None:
    with store_scope(scene.store):
        owner = Staff.objects.get(role=Role.OWNER)
        count = len(waiting(scene.store, owner))
    body = body_of(alice_at.get("/admin/inbox/"))
    line = body[body.index('href="/admin/inbox/"') :][:400]

    assert count > 5
    assert f'<span class="badge">{count}' in line
