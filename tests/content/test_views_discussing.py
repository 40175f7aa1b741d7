"""The pages of discussions, without scripts, for those who have the part; and in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.contract import Source, Viewer
from access.services.granting import grant
from accounts.models import Customer
from content.models import Reply, Report, Thread, Voice
from content.services import discussion
from content.services.discussion import Words
from core import clock
from products.models import Part
from stores.models import LogEntry, Staff, Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_user
from tests.content.library import make_asset, make_part


@pytest.fixture
def part(in_store: Store) -> Part:
    part = make_asset(make_part(make_product(title="Sewing"), kind="epub")).part
    discussion.set_state(part.product, "on")
    return part


def buy(customer: Customer, part: Part) -> None:
    source = Source("order_line", customer.public_id)
    grant(customer, product=part.product, source=source, starts_at=NOW, now=NOW)


@pytest.fixture
def reader(part: Part, charlie: Customer, browse: Any, store: Store) -> Client:
    buy(charlie, part)
    client: Client = browse(store, charlie.user)
    return client


def asked(part: Part, customer: Customer, text: str = "Does it hold?") -> Thread:
    here = discussion.enter(Viewer(customer=customer), part.product, NOW)
    assert here is not None
    return discussion.ask(here, part, Words(text, customer.name), now=clock.now())


@pytest.fixture
def other(part: Part) -> Customer:
    customer: Customer = Customer.objects.create(user=make_user("ruth@example.com"), name="Ruth")
    buy(customer, part)
    return customer


def at(name: str, *args: Any) -> str:
    return reverse(f"content:{name}", args=args)


def test_charlie_asks_is_asked_his_name_once_and_reads_his_question(
    reader: Client, part: Part
) -> None:
    page = reader.get(at("questions", part.public_id)).content.decode()
    assert "Your name here" in page
    assert 'value="Charlie"' in page
    answer = reader.post(
        at("ask", part.public_id), {"name": "Charlie", "text": "A <b>seam</b>?"}, follow=True
    )
    shown = answer.content.decode()
    assert "A &lt;b&gt;seam&lt;/b&gt;?" in shown
    assert "charlie@example.com" not in shown
    assert answer["Cache-Control"] == "private, no-store"
    assert "Your name here" not in reader.get(at("questions", part.public_id)).content.decode()


def test_what_was_typed_stays_when_it_cannot_be_sent(
    reader: Client, part: Part, other: Customer
) -> None:
    asked(part, other)
    sent = {"name": "Ruth", "text": "My long question"}
    shown = reader.post(at("ask", part.public_id), sent).content.decode()
    assert "Somebody here is called that already" in shown
    assert "My long question" in shown
    shown = reader.post(at("ask", part.public_id), {"name": "C", "text": ""}).content.decode()
    assert "Something is missing here." in shown
    assert Thread.objects.count() == 1


@pytest.mark.parametrize("text", ["x" * 4001, "\0", "   ", "\u202e"])
def test_what_says_nothing_or_too_much_is_not_put(reader: Client, part: Part, text: str) -> None:
    assert (
        reader.post(at("ask", part.public_id), {"name": "Charlie", "text": text}).status_code == 200
    )
    assert not Thread.objects.exists()


def test_a_reply_leads_to_itself(reader: Client, part: Part, other: Customer) -> None:
    thread = asked(part, other)
    sent = {"name": "Charlie", "text": "It does."}
    answer = reader.post(at("reply", thread.public_id), sent)
    said = Reply.objects.get()
    assert answer["Location"].endswith(f"?page=last#said-{said.public_id}")
    assert "It does." in reader.get(answer["Location"]).content.decode()


def test_following_and_its_end_are_a_press_each(
    reader: Client, part: Part, other: Customer
) -> None:
    thread = asked(part, other)
    for press, words in (("follow", "No more mails"), ("unfollow", "Mail me when")):
        shown = reader.post(at(press, thread.public_id), follow=True).content.decode()
        assert words in shown


def test_ones_own_words_are_changed_and_taken_back(
    reader: Client, part: Part, charlie: Customer
) -> None:
    thread = asked(part, charlie)
    edit = at("said-edit", thread.public_id)
    assert "Does it hold?" in reader.get(edit).content.decode()
    reader.post(edit, {"text": "Does it last?"})
    thread.refresh_from_db()
    assert thread.text == "Does it last?"
    back = at("said-take-back", thread.public_id)
    assert reader.get(back).status_code == 200
    assert Thread.objects.exists()
    reader.post(back)
    assert not Thread.objects.exists()


def test_others_words_are_reported_and_nothing_else(
    reader: Client, part: Part, other: Customer, charlie: Customer
) -> None:
    thread, mine = asked(part, other), asked(part, charlie)
    assert reader.get(at("said-edit", thread.public_id)).status_code == 404
    assert reader.post(at("said-take-back", thread.public_id)).status_code == 404
    assert reader.post(at("said-report", mine.public_id)).status_code == 404
    reader.post(at("said-report", thread.public_id), {"because": "rude"})
    assert Report.objects.get().because == "rude"


@pytest.mark.parametrize("page", ["questions", "ask", "question", "reply", "follow", "said-report"])
def test_who_does_not_have_it_is_not_let_in(
    page: str, part: Part, other: Customer, charlie: Customer, browse: Any, store: Store
) -> None:
    thread = asked(part, other, "secret seam")
    name = part.public_id if page in {"questions", "ask"} else thread.public_id
    is_post = page in {"ask", "reply", "follow"}
    for user in (charlie.user, None):
        client = browse(store, user)
        answer = client.post(at(page, name)) if is_post else client.get(at(page, name))
        assert answer.status_code == (404 if user else 302)
        assert b"secret seam" not in answer.content
        if user is None:
            assert answer["Location"].startswith("/sign-in/")


def test_a_hidden_question_is_not_there_for_others(
    reader: Client, part: Part, other: Customer
) -> None:
    thread = asked(part, other, "secret seam")
    discussion.hide(thread, "Spam", now=NOW)
    assert reader.get(at("question", thread.public_id)).status_code == 404
    assert b"secret seam" not in reader.get(at("questions", part.public_id)).content


def test_many_questions_stand_on_several_pages(reader: Client, part: Part, other: Customer) -> None:
    first = asked(part, other, "The oldest")
    for number in range(20):
        Thread.objects.create(part=part, customer=other, text=f"Number {number}")
    Thread.objects.filter(pk=first.pk).update(last_at=NOW.replace(year=2020))
    url = at("questions", part.public_id)
    assert b"The oldest" not in reader.get(url).content
    for page in ("2", "99"):
        assert b"The oldest" in reader.get(url, {"page": page}).content
    assert reader.get(url, {"page": "x"}).status_code == 200


def test_the_reader_leads_to_the_questions_while_they_are_on(reader: Client, part: Part) -> None:
    url = at("questions", part.public_id)
    assert url in reader.get(at("read", part.public_id)).content.decode()
    discussion.set_state(part.product, "off")
    assert url not in reader.get(at("read", part.public_id)).content.decode()
    assert reader.get(url).status_code == 404


def test_pages_are_whole_in_hebrew(reader: Client, part: Part, store: Store) -> None:
    Store.objects.filter(pk=store.pk).update(language="he")
    shown = reader.get(at("questions", part.public_id)).content.decode()
    assert "שאלות ותגובות" in shown
    assert "Ask" not in shown


@pytest.fixture
def staff(browse: Any, store: Store, bob: Any) -> Client:
    client: Client = browse(store, bob)
    return client


def admin(name: str, thread: Thread, *args: Any) -> str:
    return reverse(f"admin:content_thread_{name}", args=[thread.pk, *args])


def test_bob_answers_in_place_under_his_name(staff: Client, part: Part, other: Customer) -> None:
    thread = asked(part, other)
    assert b"Does it hold?" in staff.get(reverse("admin:content_thread_changelist")).content
    page = staff.get(admin("change", thread)).content.decode()
    assert "Does it hold?" in page
    assert admin("answer", thread) in page
    staff.post(admin("answer", thread), {"text": "It does."})
    said = Reply.objects.get()
    assert (said.staff_name, said.is_makers) == ("Bob", True)
    assert LogEntry.objects.filter(what="answer").exists()
    assert staff.post(admin("answer", thread), {"text": ""}).status_code == 200
    assert Reply.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "sent", "check"),
    [
        ("hide", {"because": "Spam"}, lambda thread: thread.hidden_because == "Spam"),
        ("show", {}, lambda thread: thread.hidden_at is None),
        ("fine", {}, lambda thread: not thread.reports.filter(settled_at=None).exists()),
        ("silence", {"because": "Spam"}, lambda thread: Voice.objects.get().silenced_at),
        ("speak", {}, lambda thread: not Voice.objects.get().silenced_at),
    ],
)
def test_bob_moderates_after_he_was_asked(
    staff: Client, part: Part, other: Customer, act: str, sent: Any, check: Any
) -> None:
    thread = asked(part, other)
    url = admin(act, thread, thread.public_id)
    assert staff.get(url).status_code == 200
    assert staff.post(url, sent).status_code == 302
    thread.refresh_from_db()
    assert check(thread)


def test_hiding_needs_a_reason_and_removing_is_for_good(
    staff: Client, part: Part, other: Customer
) -> None:
    thread = asked(part, other)
    said = discussion.answer(thread, "Yes.", by="Alice", now=NOW)
    assert staff.post(admin("hide", thread, said.public_id), {}).status_code == 200
    staff.post(admin("remove", thread, said.public_id))
    assert not Reply.objects.exists()
    assert staff.get(admin("silence", thread, said.public_id)).status_code == 404
    staff.post(admin("remove", thread, thread.public_id))
    assert not Thread.objects.exists()


@pytest.mark.parametrize("act", ["settle", "lock", "unlock"])
def test_a_whole_question_is_settled_and_closed(
    staff: Client, part: Part, other: Customer, act: str
) -> None:
    thread = asked(part, other)
    assert staff.get(admin(act, thread)).status_code == 200
    assert Thread.objects.waiting().exists()
    staff.post(admin(act, thread))
    thread.refresh_from_db()
    assert (thread.waiting_since is None) == (act == "settle")
    assert (thread.locked_at is not None) == (act == "lock")


def test_an_author_sees_no_customers_and_a_coach_may_not_answer(
    part: Part, other: Customer, store: Store, browse: Any
) -> None:
    thread = asked(part, other)
    for role, sees in (("author", 403), ("coach", 200)):
        user = make_user(f"{role}@example.com")
        with store_scope(store):
            Staff.objects.create(user=user, name=role, role=role)
        client = browse(store, user)
        assert client.get(admin("change", thread)).status_code == sees
        assert client.post(admin("answer", thread), {"text": "x"}).status_code == 403
    assert not Reply.objects.exists()


def test_the_ebook_switches_it_on_in_its_form(
    part: Part, browse: Any, store: Store, alice: Any
) -> None:
    discussion.set_state(part.product, "off")
    client = browse(store, alice)
    url = reverse("admin:ebooks_ebook_messages", args=[part.product_id])
    assert "Questions and replies beside the book" in client.get(url).content.decode()
