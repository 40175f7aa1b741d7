"""A quiet word to who moved in with something bought once: only where it is ticked, once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from access.services import granting
from accounts.models import User
from core import clock
from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.models import MoveIn, MoveInRow
from payments.services.moving_in import bringing, letters, taking_back, welcoming, working
from products.models import Product
from stores.models import Store
from tests.conftest import make_product
from tests.memberships.making import make_club
from tests.payments.moving_in.moving import sheet, tried

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 10, 9, tzinfo=UTC)
HEAD = "email,name,product,price,next charge,language"
TITLES = ["The First Stitch", "Linen", "A stitch a month"]
ONCE = "The First Stitch,,lifetime,"


@pytest.fixture(autouse=True)
def _then(in_store: Store) -> Any:
    with clock.standing_at(NOW):
        yield


@pytest.fixture(autouse=True)
def goods(_then: None) -> list[Product]:
    book = make_product("ebook", title="The First Stitch")
    return [book, make_product("ebook", title="Linen"), make_club(mode="tenure")]


def tried_out(*lines: str) -> MoveIn:
    return tried(sheet(*lines, head=HEAD), now=NOW)


def move(*lines: str, wants_welcome: bool = True) -> MoveIn:
    move_in = tried_out(*lines)
    bringing.begin(move_in, now=NOW, wants_welcome=wants_welcome)
    working.work_on(NOW)
    move_in.refresh_from_db()
    return move_in


def welcomed() -> dict[str, list[str]]:
    """Who was told, and of what."""
    found = {}
    for each in Message.objects.filter(kind="moved_in").select_related("mailing"):
        assert each.mailing is not None
        said = each.mailing.text.splitlines()
        found[each.to_address] = [line for line in said if line in TITLES]
    return found


def test_who_bought_once_is_told_in_one_mail_what_is_here() -> None:
    move_in = move(
        f"charlie@example.com,Charlie,{ONCE}", "charlie@example.com,Charlie,Linen,,2027-09-01,"
    )
    assert welcomed() == {"charlie@example.com": ["The First Stitch", "Linen"]}
    assert move_in.welcomed_at == NOW
    assert welcoming.stores_with_due() == set()


def test_unticked_nobody_is_written_to() -> None:
    move(f"charlie@example.com,Charlie,{ONCE}", wants_welcome=False)
    working.work_on(NOW + timedelta(days=1))
    assert not Message.objects.exists()


def test_who_can_pay_on_has_their_own_letter_and_what_is_over_none() -> None:
    move(
        "erin@example.com,Erin,A stitch a month,45,2027-06-20,",
        "dora@example.com,Dora,Linen,,2027-01-01,",
        f"charlie@example.com,Charlie,{ONCE}",
    )
    assert list(welcomed()) == ["charlie@example.com"]


def test_who_had_it_already_hears_nothing() -> None:
    move(f"charlie@example.com,Charlie,{ONCE}", wants_welcome=False)
    move(f"charlie@example.com,Charlie,{ONCE}")
    assert not Message.objects.exists()


def test_each_is_told_once_however_many_batches_and_workers_there_are(monkeypatch: Any) -> None:
    monkeypatch.setattr(welcoming, "BATCH", 2)
    lines = [f"p{n}@example.com,P,{ONCE}" for n in range(5)]
    move_in = move(*lines)
    assert len(welcomed()) == 5
    MoveIn.objects.update(welcomed_at=None, welcomed_to=0)  # killed before it was noted
    working.work_on(NOW)
    move_in.refresh_from_db()
    assert (move_in.welcomed_at, Message.objects.count()) == (NOW, 5)


def test_what_was_taken_back_before_is_not_spoken_of(monkeypatch: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(welcoming, "work_on", lambda now: None)
        move_in = move(f"charlie@example.com,Charlie,{ONCE}", f"erin@example.com,Erin,{ONCE}")
    row = MoveInRow.objects.get(email="erin@example.com")
    assert row.access is not None
    granting.revoke(row.access, now=NOW, by="alice", because="a mistake")
    working.work_on(NOW)
    assert list(welcomed()) == ["charlie@example.com"]
    MoveIn.objects.update(welcomed_at=None, welcomed_to=0)
    taking_back.undo(move_in, now=NOW)
    working.work_on(NOW)
    assert welcoming.stores_with_due() == set()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("We have moved", "enter with this address, and a code comes by mail")),
        ("he", ("עברנו", "נכנסים עם הכתובת הזאת, והקוד מגיע במייל")),
    ],
)
def test_the_mail_says_what_is_here_and_how_to_enter(
    store: Store, language: str, words: tuple[str, str]
) -> None:
    store.languages = ["en", "he"]
    store.save()
    move(f"charlie@example.com,Charlie,{ONCE}{language}")
    drawn = render(Message.objects.get(), store_sender(store))
    for said in (*words, "The First Stitch", "/shelf/"):
        assert said in drawn.text
        assert said in drawn.html
    assert store.name in drawn.subject


def test_the_try_out_offers_it_and_the_page_says_it_is_done(
    store: Store, alice: User, browse: Callable[..., Client]
) -> None:
    admin = browse(store, alice)
    move_in = tried_out(f"charlie@example.com,Charlie,{ONCE}")
    page, begin = (f"/admin/payments/movein/{move_in.pk}/{name}/" for name in ("change", "begin"))
    assert "1 person has something bought once" in admin.get(page).content.decode()
    asked = admin.get(begin).content.decode()
    assert 'name="wants_welcome"' in asked
    assert "checked" not in asked.partition('name="wants_welcome"')[2].partition(">")[0]
    admin.post(begin, {"wants_welcome": "on"})
    working.work_on(NOW)
    done = admin.get(page).content.decode()
    assert "Who bought something once was told, one mail each." in done
    assert "can be told so" not in done
    assert list(welcomed()) == ["charlie@example.com"]


def test_where_all_can_pay_on_it_is_not_asked(
    store: Store, alice: User, browse: Callable[..., Client]
) -> None:
    move_in = tried_out("erin@example.com,Erin,A stitch a month,45,2027-06-20,")
    admin = browse(store, alice)
    begin = f"/admin/payments/movein/{move_in.pk}/begin/"
    assert "wants_welcome" not in admin.get(begin).content.decode()
    admin.post(begin, {"wants_welcome": "on"})
    working.work_on(NOW)
    assert not Message.objects.exists()
    assert letters.stores_with_due(NOW) == set()
