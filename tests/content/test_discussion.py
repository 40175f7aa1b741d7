"""Questions and replies: among those who have a thing, under names of their own, and quiet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from access.contract import Source, Viewer
from access.services.granting import grant, revoke
from accounts.models import Customer
from accounts.services.leaving import erase_customer, facts_of
from content.models import Following, Reply, Thread, Voice
from content.rules import Place
from content.services import discussion
from content.services.discussion import Room, Words, saying
from content.services.discussion.reasons import CannotSay
from content.services.discussion.slots import duties, inbox_answered, inbox_items, whole_store
from content.services.places import keep_place
from core import clock
from core.limits import Limit
from mail.models import Message
from products.models import Part
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_user
from tests.content.library import make_part
from tests.payments.test_forgotten import rows_naming

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def part(in_store: Store) -> Part:
    part = make_part(make_product(title="Sewing"))
    discussion.set_state(part.product, "on")
    return part


def reader(part: Part, name: str) -> Customer:
    customer = Customer.objects.create(user=make_user(f"{name}@example.com"), name=name.title())
    return buy(customer, part)


def buy(customer: Customer, part: Part) -> Customer:
    source = Source("order_line", f"{customer.public_id}")
    grant(customer, product=part.product, source=source, starts_at=NOW, now=NOW)
    return customer


def room(customer: Customer, part: Part) -> Room:
    found = discussion.enter(Viewer(customer=customer), part.product, NOW)
    assert found is not None
    return found


@pytest.fixture
def ruth(part: Part) -> Customer:
    return reader(part, "ruth")


@pytest.fixture
def moses(part: Part) -> Customer:
    return reader(part, "moses")


def ask(customer: Customer, part: Part, text: str = "Does it hold?", name: str = "") -> Thread:
    words = Words(text, name or customer.name)
    return discussion.ask(room(customer, part), part, words, now=NOW)


def reply(customer: Customer, thread: Thread, text: str = "It does.") -> Reply:
    words = Words(text, customer.name)
    return discussion.reply(room(customer, thread.part), thread, words, now=NOW)


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("id"))


def test_who_has_it_may_ask_and_reply_and_both_are_read(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    keep_place(ruth, part, Place({"page": 7}, 0.3), NOW)
    thread = ask(ruth, part)
    reply(moses, thread)
    (line,) = discussion.page_of(room(moses, part), 1).lines
    assert (line.who, line.first_words, line.replies) == ("Ruth", "Does it hold?", 1)
    shown = discussion.thread_of(room(ruth, part), thread, 1, NOW)
    assert [each.who for each in shown.replies] == ["Moses"]
    assert thread.stood == {"fraction": 0.3, "page": 7}


def test_without_being_switched_on_there_is_none(part: Part, ruth: Customer) -> None:
    other = make_part(make_product(title="Knitting"))
    buy(ruth, other)
    assert discussion.enter(Viewer(customer=ruth), other.product, NOW) is None
    discussion.set_state(part.product, "off")
    assert discussion.enter(Viewer(customer=ruth), part.product, NOW) is None


def test_a_preview_lets_nobody_in_and_the_end_of_access_closes_it(
    part: Part, ruth: Customer, charlie: Customer
) -> None:
    make_part(part.product, preview=True)
    assert discussion.enter(Viewer(customer=charlie), part.product, NOW) is None
    assert discussion.enter(Viewer.nobody(), part.product, NOW) is None
    revoke(ruth.accesses.get(), now=NOW)
    assert discussion.enter(Viewer(customer=ruth), part.product, NOW) is None


def test_a_closed_discussion_is_read_only(part: Part, ruth: Customer, moses: Customer) -> None:
    thread = ask(ruth, part)
    discussion.set_state(part.product, "closed")
    with pytest.raises(CannotSay, match="closed"):
        reply(moses, thread)
    assert discussion.page_of(room(moses, part), 1).lines


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("R", "name_bad"),
        ("ruth@example.com", "name_bad"),
        ("!!", "name_bad"),
        ("x" * 41, "name_bad"),
        ("Thread", "name_ours"),
        ("t h r e a d", "name_ours"),
        ("Moses", "name_taken"),
        ("mósES", "name_taken"),
    ],
)
def test_a_name_is_ones_own_and_no_address(
    part: Part, ruth: Customer, moses: Customer, name: str, code: str
) -> None:
    ask(moses, part)
    with pytest.raises(CannotSay, match=code):
        ask(ruth, part, name=name)
    assert not Voice.objects.filter(customer=ruth).exists()


def test_the_name_is_asked_once(part: Part, ruth: Customer) -> None:
    ask(ruth, part, name="Ruthie")
    ask(ruth, part, name="Somebody else")
    assert Voice.objects.get(customer=ruth).name == "Ruthie"


def test_words_can_be_changed_for_a_quarter_of_an_hour(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    thread = ask(ruth, part)
    discussion.edit(room(ruth, part), thread, "Does it last?", now=NOW)
    assert Thread.objects.get().text == "Does it last?"
    with pytest.raises(CannotSay, match="late"):
        discussion.edit(room(ruth, part), thread, "Again", now=LATER)
    with pytest.raises(CannotSay, match="gone"):
        discussion.edit(room(moses, part), thread, "Not mine", now=NOW)


def test_a_question_taken_back_leaves_its_place_only_where_others_replied(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    alone, answered = ask(ruth, part), ask(ruth, part, "secret words")
    reply(moses, answered)
    for thread in (alone, answered):
        discussion.take_back(room(ruth, part), thread, now=NOW)
    (left,) = Thread.objects.all()
    assert (left.pk, left.text) == (answered.pk, "")
    assert rows_naming("secret words") == []


def test_the_maker_is_told_of_a_question_and_owes_an_answer(
    part: Part, ruth: Customer, store: Store
) -> None:
    thread = ask(ruth, part)
    (told,) = mails("question")
    assert told.to_address == "alice@example.com"
    assert told.context["said"] == "Does it hold?"
    (item,) = inbox_items(store)
    assert item.who == "Ruth"
    (duty,) = duties(store, NOW)
    assert duty.due_at == NOW + timedelta(days=3)
    discussion.answer(thread, "It does.", by="Alice", now=NOW)
    assert not duties(store, NOW)
    assert not inbox_items(store)
    assert len(inbox_answered(store)) == 1


def test_an_answer_is_marked_and_mailed_to_whoever_asked_alone(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    thread = ask(ruth, part)
    reply(moses, thread)
    assert not mails("question_followed")
    discussion.answer(thread, "It **does**.", by="Alice", now=NOW)
    (mail,) = mails("question_answered")
    assert mail.to_address == "ruth@example.com"
    shown = discussion.thread_of(room(ruth, part), thread, 1, NOW).replies[-1]
    assert (shown.who, shown.is_makers) == ("Alice", True)
    assert "<strong>does</strong>" in shown.html


def test_followers_hear_once_until_they_have_looked(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    thread = ask(ruth, part)
    discussion.follow(thread, moses, NOW)
    for _ in range(3):
        reply(ruth, thread)
    (mail,) = mails("question_followed")
    assert mail.to_address == "moses@example.com"
    assert "It does" not in str(mail.context)
    discussion.thread_of(room(moses, part), thread, 1, NOW)
    reply(ruth, thread)
    assert len(mails("question_followed")) == 2


def test_who_stopped_the_mails_hears_nothing_more(
    part: Part, ruth: Customer, browse: Any, store: Store
) -> None:
    thread = ask(ruth, part)
    key = Following.objects.get().leave_key
    url = f"/question/stop/{key}/"
    assert browse(store).get(url).status_code == 200
    discussion.answer(thread, "One.", by="Alice", now=NOW)
    assert browse(store).post(url).status_code == 200
    discussion.answer(thread, "Two.", by="Alice", now=NOW)
    assert len(mails("question_answered")) == 1


def test_a_reply_of_whoever_asked_makes_it_wait_again(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    thread = ask(ruth, part)
    discussion.answer(thread, "Yes.", by="Alice", now=NOW)
    reply(moses, thread)
    assert not Thread.objects.waiting().exists()
    reply(ruth, thread)
    assert Thread.objects.waiting().exists()


def test_what_is_hidden_only_its_writer_sees_with_the_reason(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    thread = ask(ruth, part)
    said = reply(moses, thread)
    discussion.hide(said, "Not kind", now=NOW)
    assert discussion.thread_of(room(ruth, part), thread, 1, NOW).replies == []
    (mine,) = discussion.thread_of(room(moses, part), thread, 1, NOW).replies
    assert mine.hidden_because == "Not kind"
    discussion.hide(thread, "Spam", now=NOW)
    assert discussion.page_of(room(moses, part), 1).lines == []
    assert len(discussion.page_of(room(ruth, part), 1).lines) == 1
    discussion.show_again(thread)
    assert len(discussion.page_of(room(moses, part), 1).lines) == 1


def test_a_locked_question_and_a_silenced_reader_are_refused(
    part: Part, ruth: Customer, moses: Customer
) -> None:
    thread = ask(ruth, part)
    discussion.set_locked(thread, NOW, is_locked=True)
    thread.refresh_from_db()
    with pytest.raises(CannotSay, match="locked"):
        reply(moses, thread)
    ask(moses, part)
    voice = Voice.objects.get(customer=moses)
    discussion.silence(voice, "Spam", now=NOW)
    with pytest.raises(CannotSay, match="silenced"):
        ask(moses, part)
    discussion.speak_again(voice)
    ask(moses, part)


def test_so_many_in_an_hour_and_no_more(part: Part, ruth: Customer, monkeypatch: Any) -> None:
    monkeypatch.setattr(saying, "OFTEN", Limit("discussion", times=1, seconds=3600))
    ask(ruth, part)
    with pytest.raises(CannotSay, match="often"):
        ask(ruth, part)


def test_a_report_stands_in_the_inbox_until_it_is_settled(
    part: Part, ruth: Customer, moses: Customer, store: Store
) -> None:
    thread = ask(ruth, part)
    discussion.settle(thread)
    for _ in range(2):
        discussion.report(room(moses, part), thread, "rude", now=NOW)
    (item,) = inbox_items(store)
    assert item.words == "rude"
    discussion.hide(thread, "Rude", now=NOW)
    assert not inbox_items(store)


def test_the_words_of_a_person_are_exported_and_forgotten_with_them(
    part: Part, ruth: Customer, moses: Customer, store: Store
) -> None:
    clock_now = clock.now()
    mine = ask(ruth, part, "My zebra question", name="Zebrina")
    reply(moses, mine, "Dear @Zebrina, it holds.")
    alone = ask(ruth, part, "Another zebra")
    theirs = ask(moses, part, "Does silk hold?")
    reply(ruth, theirs, "zebra reply")
    discussion.report(room(ruth, part), theirs, "zebra", now=NOW)
    facts = facts_of(ruth)["discussion"]
    assert facts["called"] == "Zebrina"
    assert len(facts["questions"]) == 2
    assert len(facts["replies"]) == len(facts["reported"]) == 1
    erase_customer(ruth, now=clock_now)
    assert rows_naming("zebr") == []
    left = Thread.objects.get(pk=mine.pk)
    assert (left.text, left.customer) == ("", None)
    assert not Thread.objects.filter(pk=alone.pk).exists()
    with translation.override("en"):
        shown = discussion.thread_of(room(moses, part), left, 1, NOW)
    assert shown.question.who == "a reader who left"
    assert len(shown.replies) == 1


def test_another_store_sees_nothing_of_it(part: Part, ruth: Customer, other_store: Store) -> None:
    thread = ask(ruth, part)
    with store_scope(other_store):
        assert discussion.find_said(thread.public_id) is None
        assert not inbox_items(other_store)
        assert whole_store(other_store)["questions"] == []


def test_a_store_takes_its_discussions_along(part: Part, ruth: Customer, store: Store) -> None:
    thread = ask(ruth, part)
    discussion.answer(thread, "Yes.", by="Alice", now=NOW)
    kept = whole_store(store)
    assert kept["discussions"] == {part.product.public_id: "on"}
    assert kept["questions"][0]["customer"] == ruth.public_id
    assert kept["replies"][0]["staff"] == "Alice"


def test_a_list_of_twenty_costs_as_many_queries_as_of_one(
    part: Part, ruth: Customer, monkeypatch: Any
) -> None:
    monkeypatch.setattr(saying, "OFTEN", Limit("discussion", times=99, seconds=3600))
    ask(ruth, part)
    here = room(ruth, part)
    with CaptureQueriesContext(connection) as one:
        discussion.page_of(here, 1)
    for number in range(25):
        asker = reader(part, f"r{number}")
        reply(asker, ask(asker, part))
    with CaptureQueriesContext(connection) as many:
        listing = discussion.page_of(here, 1)
    assert len(listing.lines) == 20
    assert listing.page.has_next()
    assert len(many) == len(one)
