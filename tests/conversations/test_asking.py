"""Writing to the shop, and reading what it answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, User
from accounts.services.leaving import erase_customer, facts_of
from conversations.errors import TooLate
from conversations.models import Conversation, SavedAnswer
from conversations.services import answering
from core import clock
from mail.models import Message as Mail
from products.models import Part
from stores.models import LogEntry, Staff, Store
from stores.scope import store_scope
from tests.conftest import make_product

LETTER = {"email": "vera@example.com", "name": "Vera", "text": "Do you post to Haifa?"}


@pytest.fixture
def charlie_at(in_store: Store, charlie: Customer, browse: Callable[..., Client]) -> Client:
    return browse(in_store, charlie.user)


@pytest.fixture
def alice_at(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def make_part() -> Part:
    part: Part = Part.objects.create(product=make_product(), kind="book", title="The book")
    return part


def ask(client: Client, **over: Any) -> Conversation:
    client.post("/ask/", {"kind": "question", "text": "Which needle?", **over})
    found: Conversation = Conversation.objects.get()
    return found


def act(client: Client, letter: Conversation, name: str, **posted: Any) -> Any:
    url = reverse(f"admin:conversations_conversation_{name}", args=[letter.pk])
    return client.post(url, posted)


def test_a_question_knows_where_its_writer_stood(charlie_at: Client, charlie: Customer) -> None:
    part = make_part()
    at = {"part": part.public_id, "at": "Page 12 of 40", "order": "1042", "from": "/read/x/"}

    letter = ask(charlie_at, **at)

    assert (letter.customer, letter.part, letter.product_id) == (charlie, part, part.product_id)
    assert (letter.stood, letter.order_number) == ("Page 12 of 40", 1042)
    assert letter.page_path == "/read/x/"
    assert letter.messages.get().text == "Which needle?"
    assert Mail.objects.get(kind="conversation_asked").to_address == "alice@example.com"


def test_another_stores_part_is_nowhere(
    charlie_at: Client, in_store: Store, other_store: Store
) -> None:
    with store_scope(other_store):
        theirs = make_part()

    assert ask(charlie_at, part=theirs.public_id).part is None


@pytest.mark.parametrize("path", ["//evil.example/x", "https://evil.example/x", "javascript:x"])
def test_a_page_elsewhere_is_not_kept(charlie_at: Client, path: str) -> None:
    assert "evil" not in ask(charlie_at, **{"from": path}).page_path


def test_a_visitor_gets_the_same_answer_whether_the_address_is_known(
    in_store: Store, charlie: Customer, browse: Callable[..., Client]
) -> None:
    answers = []
    for email in ("charlie@example.com", "nobody@example.com"):
        response = browse(in_store).post("/contact/", {**LETTER, "email": email}, follow=True)
        answers.append((response.redirect_chain, response.content))

    assert answers[0][0] == answers[1][0] == [("/contact/sent/", 302)]
    assert set(Conversation.objects.values_list("customer", flat=True)) == {None}


def test_the_receipt_quotes_nothing_and_its_link_proves_the_mailbox(
    in_store: Store, charlie: Customer, browse: Callable[..., Client]
) -> None:
    visitor = browse(in_store)
    visitor.post("/contact/", {**LETTER, "email": "charlie@example.com"})
    mail = Mail.objects.get(kind="conversation_received")
    assert LETTER["text"] not in str(mail.context)

    page = visitor.get(urlsplit(mail.context["conversation_url"]).path)

    letter = Conversation.objects.get()
    assert LETTER["text"] in page.content.decode()
    assert (letter.customer, letter.confirmed_at is not None) == (charlie, True)


def test_what_a_program_fills_in_reaches_nobody(
    in_store: Store, browse: Callable[..., Client]
) -> None:
    response = browse(in_store).post("/contact/", {**LETTER, "website": "x"})

    assert response["Location"] == "/contact/sent/"
    assert not Conversation.objects.exists()


def test_nobody_writes_all_day(in_store: Store, browse: Callable[..., Client]) -> None:
    visitor = browse(in_store)
    statuses = [visitor.post("/contact/", LETTER).status_code for _time in range(13)]

    assert statuses[-1] == 429
    assert Mail.objects.filter(kind="conversation_received").count() == 4


def test_a_wrong_key_opens_nothing(charlie_at: Client, in_store: Store) -> None:
    letter = ask(charlie_at)

    assert charlie_at.get(f"/letter/{letter.public_id}/{'0' * 32}/").status_code == 404
    assert charlie_at.get(f"/letter/{letter.public_id}/{letter.key}/").status_code == 200


def test_another_customer_reads_nothing(
    charlie_at: Client, in_store: Store, bob: User, browse: Callable[..., Client]
) -> None:
    letter = ask(charlie_at)
    Customer.objects.create(user=bob)

    assert browse(in_store, bob).get(f"/account/letters/{letter.public_id}/").status_code == 404


def test_it_is_answered_in_place_and_read(charlie_at: Client, alice_at: Client) -> None:
    letter = ask(charlie_at)
    assert "Which needle?" in alice_at.get("/admin/inbox/").content.decode()

    act(alice_at, letter, "answer", text="A **fine** one.")

    letter.refresh_from_db()
    mail = Mail.objects.get(kind="conversation_answered")
    assert (letter.state, mail.to_address) == ("answered", "charlie@example.com")
    assert mail.due_at - mail.created_at >= timedelta(seconds=9)
    assert "a new answer" in charlie_at.get("/account/letters/").content.decode()
    page = charlie_at.get(f"/account/letters/{letter.public_id}/").content.decode()
    assert "A <strong>fine</strong> one." in page
    assert LogEntry.objects.filter(what="answer").count() == 1


def test_an_answer_is_taken_back_while_it_has_not_left(
    charlie_at: Client, alice_at: Client
) -> None:
    letter = ask(charlie_at)
    act(alice_at, letter, "answer_close", text="Oops")

    page = act(alice_at, letter, "undo").content.decode()

    letter.refresh_from_db()
    assert (letter.state, letter.messages.count()) == ("waiting", 1)
    assert "Oops</textarea>" in page
    assert not Mail.objects.filter(kind="conversation_answered").exists()


def test_what_left_cannot_be_taken_back(charlie_at: Client, in_store: Store) -> None:
    letter = ask(charlie_at)
    staff = Staff.objects.get()
    said = answering.answer(letter, "Yes", by=staff, now=clock.now())
    Mail.objects.filter(kind="conversation_answered").update(state="sent")

    with pytest.raises(TooLate):
        answering.take_back(said, now=clock.now())


def test_a_new_word_lets_it_wait_again(charlie_at: Client, alice_at: Client) -> None:
    letter = ask(charlie_at)
    act(alice_at, letter, "answer_close", text="Yes")

    charlie_at.post(f"/account/letters/{letter.public_id}/more/", {"text": "And for linen?"})

    letter.refresh_from_db()
    assert letter.waits


def test_what_is_put_off_leaves_the_list_and_stands_in_the_calendar(
    charlie_at: Client, alice_at: Client
) -> None:
    letter = ask(charlie_at)

    act(alice_at, letter, "snooze", until="tomorrow")

    assert "Which needle?" not in alice_at.get("/admin/inbox/").content.decode()
    letter.refresh_from_db()
    month = f"{letter.snoozed_until:%Y-%m}"
    page = alice_at.get("/admin/calendar/", {"month": month}).content.decode()
    assert "waits for your answer" in page


def test_a_saved_answer_goes_in_by_one_tap(charlie_at: Client, alice_at: Client) -> None:
    letter = ask(charlie_at)
    saved = SavedAnswer.objects.create(title="Needles", text="A fine needle, always.")
    url = reverse("admin:conversations_conversation_change", args=[letter.pk])

    page = alice_at.get(url, {"saved": saved.pk}).content.decode()

    assert "A fine needle, always.</textarea>" in page


def test_an_empty_answer_is_shown_again(charlie_at: Client, alice_at: Client) -> None:
    letter = ask(charlie_at)

    page = act(alice_at, letter, "answer", text="  ").content.decode()

    assert "Write something first." in page
    assert letter.messages.count() == 1


def test_support_may_answer_and_an_author_may_not_see(
    charlie_at: Client, in_store: Store, bob: User, browse: Callable[..., Client]
) -> None:
    letter = ask(charlie_at)
    assert act(browse(in_store, bob), letter, "answer", text="Yes").status_code == 302
    Staff.objects.filter(user=bob).update(role="author")
    assert act(browse(in_store, bob), letter, "answer", text="Yes").status_code == 403
    Staff.objects.filter(user=bob).update(role="coach")
    assert act(browse(in_store, bob), letter, "close").status_code == 403


def test_the_inbox_is_narrowed(charlie_at: Client, alice_at: Client) -> None:
    ask(charlie_at)
    for query, is_there in (
        ({"kind": "question"}, True),
        ({"kind": "cancel"}, False),
        ({"whose": "mine"}, False),
        ({"q": "NEEDLE"}, True),
        ({"q": "thread"}, False),
    ):
        page = alice_at.get("/admin/inbox/", query).content.decode()
        assert ("Which needle?" in page) is is_there, query


def test_who_is_forgotten_takes_their_letters_along(charlie_at: Client, charlie: Customer) -> None:
    ask(charlie_at)
    assert facts_of(charlie)["conversations"]["conversations"][0]["messages"]

    erase_customer(charlie, now=clock.now())

    assert not Conversation.objects.exists()
    assert "needle" not in str(list(Mail.objects.values()))
