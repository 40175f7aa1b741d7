from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.errors import SignInOver, WrongCode
from accounts.models import Customer, SignIn, User
from accounts.services import signing_in
from accounts.services.signing_in import ask, use_code
from core import clock
from core.limits import Limit
from mail.models import Message
from stores.models import Store
from stores.scope import store_scope

Browse = Callable[..., Client]
ReadCode = Callable[[Store | None], str]
AskAt = Callable[..., SignIn]

CHARLIE = "charlie@example.com"


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def page(waiting: SignIn) -> str:
    return f"/sign-in/{waiting.public_id}/"


def test_a_code_from_the_mail_signs_in(
    store: Store, charlie: Customer, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    waiting = ask_at(client, CHARLIE)
    answer = client.post(page(waiting), {"code": read_code(store)})
    assert answer.url == "/shelf/"
    assert client.session["_auth_user_id"] == str(charlie.user_id)


def test_the_subject_carries_the_code_and_the_text_has_it_before_the_link(
    store: Store,
    browse: Browse,
    ask_at: AskAt,
    read_code: ReadCode,
    mailoutbox: list[Any],
) -> None:
    waiting = ask_at(browse(store), CHARLIE)
    code = read_code(store)
    body = mailoutbox[0].body
    link = f"http://thread.localhost:8000/sign-in/{waiting.public_id}/#{code}"
    assert mailoutbox[0].subject == f"{code[:3]}\u00a0{code[3:]} is your code"
    assert body.index(f"{code[:3]}\u00a0{code[3:]}") < body.index(link)
    assert link in mailoutbox[0].alternatives[0].content


def test_known_and_unknown_addresses_and_staff_get_the_same_answer(
    store: Store, charlie: Customer, bob: User, browse: Browse, ask_at: AskAt
) -> None:
    pages = []
    for email in (CHARLIE, "stranger@example.com", "bob@example.com", "alice@example.com"):
        client = browse(store)
        waiting = ask_at(client, email)
        shown = client.get(page(waiting)).content.decode()
        token = client.cookies["csrftoken"].value
        pages.append(shown.replace(waiting.public_id, "…").replace(email, "…").replace(token, "…"))
    without_tokens = {"".join(part for part in one.split('"') if len(part) != 64) for one in pages}
    assert len(without_tokens) == 1
    with store_scope(store):
        assert Message.objects.count() == 4


def test_an_address_with_nothing_here_is_told_so_in_its_mail_only_and_can_come_in(
    store: Store,
    browse: Browse,
    ask_at: AskAt,
    read_code: ReadCode,
    mailoutbox: list[Any],
) -> None:
    client = browse(store)
    waiting = ask_at(client, "stranger@example.com")
    client.post(page(waiting), {"code": read_code(store)})
    assert "Nothing was bought with it" in mailoutbox[0].body
    assert is_in(client)
    with store_scope(store):
        assert Customer.objects.get().user.email == "stranger@example.com"


def test_a_known_customer_is_not_told_that_nothing_was_bought(
    store: Store,
    charlie: Customer,
    browse: Browse,
    ask_at: AskAt,
    read_code: ReadCode,
    mailoutbox: list[Any],
) -> None:
    ask_at(browse(store), CHARLIE)
    read_code(store)
    assert "Nothing was bought" not in mailoutbox[0].body


def test_a_customer_of_another_store_only_is_a_stranger_here(
    store: Store,
    other_store: Store,
    charlie: Customer,
    browse: Browse,
    ask_at: AskAt,
    read_code: ReadCode,
    mailoutbox: list[Any],
) -> None:
    ask_at(browse(other_store), CHARLIE)
    read_code(other_store)
    assert "Nothing was bought with it" in mailoutbox[0].body


def test_the_code_works_in_another_browser_than_the_one_that_asked(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    asked, other = browse(store), browse(store)
    waiting = ask_at(asked, CHARLIE)
    other.post(page(waiting), {"code": read_code(store)})
    assert is_in(other)
    assert not is_in(asked)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode, method: str
) -> None:
    client, scanner = browse(store), browse(store)
    waiting = ask_at(client, CHARLIE)
    code = read_code(store)
    getattr(scanner, method)(page(waiting), {"code": code})
    assert not is_in(scanner)
    waiting.refresh_from_db()
    assert (waiting.tries, waiting.used_at) == (0, None)
    client.post(page(waiting), {"code": code})
    assert is_in(client)


@pytest.mark.parametrize("typed", ["482 913", "482-913", "482\u00a0913", "٤٨٢٩١٣", " 482913\n"])
def test_a_code_may_be_typed_or_pasted_in_any_way(
    store: Store, browse: Browse, ask_at: AskAt, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    client = browse(store)
    client.post(page(ask_at(client, CHARLIE)), {"code": typed})
    assert is_in(client)


def test_five_wrong_codes_end_the_sign_in_even_for_the_right_one(
    store: Store, browse: Browse, ask_at: AskAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    client = browse(store)
    waiting = ask_at(client, CHARLIE)
    for _try in range(5):
        shown = client.post(page(waiting), {"code": "000000"}).content.decode()
    assert "This code is over" in shown
    client.post(page(waiting), {"code": "482913"})
    assert not is_in(client)


def test_a_wrong_code_says_how_many_tries_are_left(
    store: Store, browse: Browse, ask_at: AskAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    client = browse(store)
    shown = client.post(page(ask_at(client, CHARLIE)), {"code": "000000"}).content.decode()
    assert "4 more tries" in shown


def test_half_a_code_costs_no_try(store: Store, browse: Browse, ask_at: AskAt) -> None:
    client = browse(store)
    waiting = ask_at(client, CHARLIE)
    shown = client.post(page(waiting), {"code": "48291"}).content.decode()
    waiting.refresh_from_db()
    assert "six digits" in shown
    assert waiting.tries == 0


def test_a_code_is_used_once(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    first, second = browse(store), browse(store)
    waiting = ask_at(first, CHARLIE)
    code = read_code(store)
    first.post(page(waiting), {"code": code})
    shown = second.post(page(waiting), {"code": code}).content.decode()
    assert "This code is over" in shown
    assert not is_in(second)


def test_a_code_is_good_for_fifteen_minutes(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    waiting = ask_at(client, CHARLIE, "/shelf/")
    code = read_code(store)
    SignIn.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    shown = client.post(page(waiting), {"code": code}).content.decode()
    assert "This code is over" in shown
    assert "/sign-in/?next=/shelf/" in shown
    assert not is_in(client)


def test_a_sign_in_lasts_fifteen_minutes(in_store: Store) -> None:
    now = clock.now()
    waiting = ask(CHARLIE, store=in_store, ip="1.2.3.4", language="en", now=now)
    assert waiting.expires_at - now == timedelta(minutes=15)


def test_a_code_of_one_store_opens_nothing_on_anothers_host(
    store: Store, other_store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    waiting = ask_at(browse(store), CHARLIE)
    code = read_code(store)
    for elsewhere in (other_store, None):
        client = browse(elsewhere)
        assert client.get(page(waiting)).status_code == 404
        assert client.post(page(waiting), {"code": code}).status_code == 404
        assert not is_in(client)


def test_the_code_is_nowhere_in_the_database_once_sent(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    waiting = ask_at(browse(store), CHARLIE)
    code = read_code(store)
    with store_scope(store):
        row = Message.objects.get()
    kept = f"{row.context} {row.subject} {waiting.code_hashes} {waiting.details}"
    assert code not in kept
    assert f"{code[:3]}\u00a0{code[3:]}" not in kept


def test_another_code_can_be_sent_and_both_work(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    waiting = ask_at(client, CHARLIE)
    first = read_code(store)
    answer = client.post(page(waiting) + "again/")
    assert "Another code was sent" in client.get(answer.url).content.decode()
    assert read_code(store) != first
    client.post(page(waiting), {"code": first})
    assert is_in(client)


def test_sending_again_does_not_give_new_tries(
    store: Store, browse: Browse, ask_at: AskAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    client = browse(store)
    waiting = ask_at(client, CHARLIE)
    for _try in range(5):
        client.post(page(waiting), {"code": "000000"})
    client.post(page(waiting) + "again/")
    with store_scope(store):
        assert Message.objects.count() == 1


def test_asking_for_one_address_again_and_again_is_slowed_for_everybody_alike(
    store: Store, charlie: Customer, browse: Browse, ask_at: AskAt
) -> None:
    shown = []
    for email in (CHARLIE, "stranger@example.com"):
        client = browse(store)
        for _time in range(5):
            ask_at(client, email)
        answer = client.post("/sign-in/", {"email": email})
        shown.append((answer.status_code, "Wait a quarter of an hour" in answer.content.decode()))
        assert email in answer.content.decode()
    assert shown == [(429, True), (429, True)]


def test_a_person_is_not_tried_in_one_store_after_another(
    store: Store, other_store: Store, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "BY_PERSON_AND_DAY", Limit("few", 4, 24 * 3600))
    places = [store, other_store, None, store, other_store, None]
    answers = [browse(each).post("/sign-in/", {"email": CHARLIE}).status_code for each in places]
    assert answers == [302] * 4 + [429] * 2
    assert browse(store).post("/sign-in/", {"email": "dana@example.com"}).status_code == 302


def test_one_machine_cannot_ask_for_many_addresses(
    store: Store, browse: Browse, ask_at: AskAt
) -> None:
    client = browse(store)
    for number in range(20):
        ask_at(client, f"reader{number}@example.com")
    assert client.post("/sign-in/", {"email": "one@example.com"}).status_code == 429
    elsewhere = browse(store, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/sign-in/", {"email": "one@example.com"}).status_code == 302


def test_one_store_has_a_limit_of_its_own(
    store: Store, other_store: Store, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.services import signing_in
    from core.limits import Limit

    monkeypatch.setattr(signing_in, "BY_STORE", Limit("test-store", 1, 60))
    for here, expected in ((store, 302), (store, 429), (other_store, 302)):
        answer = browse(here).post("/sign-in/", {"email": CHARLIE})
        assert answer.status_code == expected


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: a=b",
        "/\x00",
        "/" + "a" * 600,
        "evil.example",
    ],
)
def test_nobody_is_sent_to_another_host_after_signing_in(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode, hostile: str
) -> None:
    client = browse(store)
    waiting = ask_at(client, CHARLIE, hostile)
    answer = client.post(page(waiting), {"code": read_code(store)})
    assert answer.url == "/shelf/"


def test_who_came_for_a_page_goes_on_to_it(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    assert (
        'value="/account/?a=1"' in client.get("/sign-in/?next=/account/%3Fa%3D1").content.decode()
    )
    waiting = ask_at(client, CHARLIE, "/account/?a=1")
    assert client.post(page(waiting), {"code": read_code(store)}).url == "/account/?a=1"


def test_staff_go_to_the_admin_and_are_no_customers(
    store: Store, bob: User, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    waiting = ask_at(client, "bob@example.com")
    assert client.post(page(waiting), {"code": read_code(store)}).url == "/admin/"
    with store_scope(store):
        assert not Customer.objects.exists()


def test_signing_in_gives_the_session_a_new_key(
    store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    waiting = ask_at(client, CHARLIE)
    client.post(page(waiting), {"code": read_code(store)})
    assert client.session.session_key != planted
    assert client.session["store"] == store.public_id


def test_a_session_carried_to_another_stores_host_opens_nothing(
    store: Store, other_store: Store, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    waiting = ask_at(client, CHARLIE)
    client.post(page(waiting), {"code": read_code(store)})
    for elsewhere in (other_store, None):
        thief = browse(elsewhere)
        thief.cookies["sessionid"] = client.cookies["sessionid"].value
        path = "/account/" if elsewhere else "/stores/"
        assert thief.get(path).status_code == 302
    assert client.get("/account/").status_code == 200


def test_who_is_in_already_is_not_asked_again(
    store: Store, charlie: Customer, browse: Browse
) -> None:
    assert browse(store, charlie.user).get("/sign-in/?next=/account/").url == "/account/"


def test_somebody_shut_out_is_told_so_and_stays_out(
    store: Store, charlie: Customer, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    User.objects.filter(pk=charlie.user_id).update(is_active=False)
    client = browse(store)
    waiting = ask_at(client, CHARLIE)
    shown = client.post(page(waiting), {"code": read_code(store)}).content.decode()
    assert "This address is closed" in shown
    assert not is_in(client)


def test_an_address_is_one_whatever_its_case(
    store: Store, charlie: Customer, browse: Browse, ask_at: AskAt, read_code: ReadCode
) -> None:
    client = browse(store)
    waiting = ask_at(client, " Charlie@EXAMPLE.com ")
    client.post(page(waiting), {"code": read_code(store)})
    assert client.session["_auth_user_id"] == str(charlie.user_id)


@pytest.mark.parametrize(
    "typed",
    ["", "nobody", "a@b", "\x00@example.com", "a" * 5000 + "@example.com", "a@b.com\nx", "א@ב"],
)
def test_what_is_no_address_is_answered_with_a_sentence(
    store: Store, browse: Browse, typed: str
) -> None:
    answer = browse(store).post("/sign-in/", {"email": typed})
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert not SignIn.objects.exists()


@pytest.mark.parametrize(
    "typed", ["", "\x00", "abc", "9" * 5000, "<script>", "\ud800".encode("utf-8", "surrogatepass")]
)
def test_what_is_no_code_is_answered_with_a_sentence(
    store: Store, browse: Browse, ask_at: AskAt, typed: Any
) -> None:
    client = browse(store)
    answer = client.post(page(ask_at(client, CHARLIE)), {"code": typed})
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()


def test_bytes_that_are_no_text_are_answered_with_a_sentence(store: Store, browse: Browse) -> None:
    form = "application/x-www-form-urlencoded"
    answer = browse(store).post("/sign-in/?next=%ff", b"email=%ff%fe&next=%ff", content_type=form)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["/sign-in/%00/", "/sign-in/%ff/", "/sign-in/nothing/", "/sign-in/x/again/"]
)
def test_a_sign_in_that_does_not_exist_is_not_found(
    store: Store, browse: Browse, path: str
) -> None:
    assert browse(store).post(path, {"code": "482913"}).status_code == 404


def test_the_door_speaks_hebrew(
    dana: User, browse: Browse, ask_at: AskAt, mailoutbox: list[Any]
) -> None:
    from mail.services.sending import send_for_store
    from tests.conftest import make_store

    here = make_store("chut", dana, language="he")
    client = browse(here)
    waiting = ask_at(client, "dana@example.com")
    assert 'dir="rtl"' in client.get(page(waiting)).content.decode()
    with store_scope(here):
        send_for_store()
    assert 'dir="rtl"' in mailoutbox[0].alternatives[0].content


def test_signing_out_ends_the_session(store: Store, charlie: Customer, browse: Browse) -> None:
    client = browse(store, charlie.user)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").url == "/"
    assert not is_in(client)


def test_the_pages_of_the_door_are_kept_by_no_cache(
    store: Store, browse: Browse, ask_at: AskAt
) -> None:
    client = browse(store)
    for path in ("/sign-in/", page(ask_at(client, CHARLIE))):
        assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_five_tries(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    with store_scope(store):
        waiting = ask(CHARLIE, store=store, ip="1.2.3.4", language="en", now=clock.now())
    outcomes = at_once(20, lambda number: use_code(waiting, f"{number:06d}", now=clock.now()))
    assert sorted(outcomes) == ["SignInOver"] * 15 + ["WrongCode"] * 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_double_click_signs_in_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    with store_scope(store):
        waiting = ask("new@example.com", store=store, ip="1.2.3.4", language="en", now=clock.now())
    outcomes = at_once(4, lambda _number: use_code(waiting, "482913", now=clock.now()))
    assert sorted(outcomes) == ["SignInOver"] * 3 + ["in"]
    assert User.objects.filter(email="new@example.com").count() == 1


def at_once(count: int, act: Callable[[int], Any]) -> list[str]:
    start, outcomes = threading.Barrier(count), []

    def work(number: int) -> None:
        start.wait()
        try:
            act(number)
            outcomes.append("in")
        except (WrongCode, SignInOver) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return outcomes


def test_a_hebrew_code_is_in_a_hebrew_subject(
    dana: User, browse: Browse, ask_at: AskAt, mailoutbox: list[Any]
) -> None:
    from mail.services.sending import send_for_store
    from tests.conftest import make_store

    here = make_store("chut", dana, language="he")
    ask_at(browse(here), "dana@example.com")
    with store_scope(here):
        send_for_store()
    assert mailoutbox[0].subject.endswith(" הוא הקוד שלך")
