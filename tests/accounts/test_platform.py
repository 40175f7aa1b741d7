from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import SignIn, User
from accounts.services.starting import Wish, free_label_for, open_wished_store
from core import clock
from mail.models import PlatformMessage
from mail.services.sending import send_for_platform
from stores.errors import HostTaken
from stores.models import Staff, Store
from stores.scope import store_scope

Browse = Callable[..., Client]
ReadCode = Callable[[Store | None], str]

WISH = {
    "name": "חוט ומחט",
    "label": "needle",
    "language": "he",
    "currency": "ILS",
    "colour": "#0B5D4B",
    "own_colour": "#112233",
    "owner_name": "Noa",
    "email": "noa@example.com",
    "time_zone": "Asia/Jerusalem",
}


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def begin(client: Client, **over: str) -> SignIn:
    answer = client.post("/start/", WISH | over)
    assert answer.status_code == 302, answer.content.decode()
    return SignIn.objects.get(public_id=answer.url.split("/")[-2])


def test_a_stranger_opens_a_store_and_stands_in_its_admin(
    db: None, browse: Browse, read_code: ReadCode
) -> None:
    client = browse(None)
    waiting = begin(client)
    answer = client.post(f"/sign-in/{waiting.public_id}/", {"code": read_code(None)})
    assert answer.url.startswith("http://needle.localhost:8000/hand-over/")
    store = Store.objects.get()
    assert (store.name, store.language, store.currency) == ("חוט ומחט", "he", "ILS")
    assert (store.look.colour, store.time_zone) == ("#0B5D4B", "Asia/Jerusalem")
    in_store = browse(store)
    assert in_store.get(path_of(answer.url)).url == "/admin/"
    assert in_store.get("/admin/").status_code == 200
    with store_scope(store):
        assert (Staff.objects.get().name, Staff.objects.get().role) == ("Noa", "owner")


def test_the_owner_is_written_a_welcome_with_the_way_to_the_admin(
    db: None, browse: Browse, read_code: ReadCode, mailoutbox: list[Any]
) -> None:
    client = browse(None)
    waiting = begin(client, language="en")
    client.post(f"/sign-in/{waiting.public_id}/", {"code": read_code(None)})
    send_for_platform()
    assert mailoutbox[-1].subject == "חוט ומחט is open"
    assert "http://needle.localhost:8000/admin/" in mailoutbox[-1].body


def test_no_store_is_opened_before_the_code(db: None, browse: Browse) -> None:
    begin(browse(None))
    assert not Store.objects.exists()
    assert not User.objects.exists()


def test_a_second_click_on_the_button_opens_no_second_store(
    db: None, browse: Browse, read_code: ReadCode
) -> None:
    client = browse(None)
    waiting = begin(client)
    code = read_code(None)
    for _click in range(2):
        answer = client.post(f"/sign-in/{waiting.public_id}/", {"code": code})
    assert answer.url == "/stores/"
    assert Store.objects.count() == 1


def test_a_creator_who_is_in_opens_another_store_without_a_code(
    store: Store, alice: User, browse: Browse
) -> None:
    client = browse(None, alice)
    assert 'name="email"' not in client.get("/start/").content.decode()
    answer = client.post("/start/", {key: value for key, value in WISH.items() if key != "email"})
    assert answer.url.startswith("http://needle.localhost:8000/hand-over/")
    assert PlatformMessage.objects.get().to_address == "alice@example.com"


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("thread", "thread.localhost\u2069 is taken"),
        ("admin", "admin.localhost\u2069 is taken"),
        ("www", "www.localhost\u2069 is taken"),
        ("a b", "small Latin letters"),
        ("xn--abc", "small Latin letters"),
        ("-ab", "small Latin letters"),
        ("חוט", "small Latin letters"),
        ("a.b", "small Latin letters"),
        ("ab\x00c", "Null characters"),
        ("x" * 500, "at most 40"),
    ],
)
def test_an_address_that_cannot_be_had_is_a_sentence_and_loses_nothing(
    store: Store, browse: Browse, label: str, sentence: str
) -> None:
    answer = browse(None).post("/start/", WISH | {"label": label})
    shown = answer.content.decode()
    assert sentence in shown
    assert 'value="Noa"' in shown
    assert not SignIn.objects.exists()


def test_an_address_taken_while_the_code_was_mailed_asks_for_another_one_only(
    db: None, dana: User, browse: Browse, read_code: ReadCode
) -> None:
    client = browse(None)
    waiting = begin(client)
    code = read_code(None)
    open_wished_store(
        dana, Wish("Other", "needle", "en", "USD", "#000000", "Dana"), now=clock.now()
    )
    answer = client.post(f"/sign-in/{waiting.public_id}/", {"code": code})
    shown = client.get(answer.url).content.decode()
    assert "needle.localhost\u2069 is taken" in shown
    assert "חוט ומחט" in shown
    kept = {key: value for key, value in WISH.items() if key != "email"} | {"label": "needle-2"}
    assert client.post("/start/", kept).url.startswith("http://needle-2.localhost:8000/")


def test_what_somebody_else_wrote_is_not_shown(db: None, dana: User, browse: Browse) -> None:
    waiting = begin(browse(None))
    shown = browse(None, dana).get(f"/start/?again={waiting.public_id}").content.decode()
    assert "חוט ומחט" not in shown


@pytest.mark.parametrize(
    "over",
    [
        {"name": ""},
        {"name": "x" * 5000},
        {"name": "\x00"},
        {"name": "\u202e"},
        {"owner_name": "\u2066\u2069"},
        {"colour": "red;} body{display:none"},
        {"colour": "own", "own_colour": "url(x)"},
        {"language": "xx"},
        {"currency": "BTC"},
        {"email": "nobody"},
        {"email": "\x00"},
    ],
)
def test_what_cannot_be_a_store_is_a_sentence(
    db: None, browse: Browse, over: dict[str, str]
) -> None:
    answer = browse(None).post("/start/", WISH | over)
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert not SignIn.objects.exists()


def test_a_zone_the_browser_made_up_is_nobodys_mistake(db: None, browse: Browse) -> None:
    assert begin(browse(None), time_zone="Mars/Phobos\x01").details["time_zone"] == ""


def test_a_colour_of_ones_own(db: None, browse: Browse) -> None:
    assert begin(browse(None), colour="own").details["colour"] == "#112233"


def test_the_address_is_suggested_from_a_hebrew_name_and_checked(
    store: Store, browse: Browse
) -> None:
    client = browse(None)
    suggested = client.get("/start/address/", {"name": "שלום עולם"}).json()
    assert suggested == {
        "label": "shlom-aolm",
        "trouble": "",
        "host": "\u2066shlom-aolm.localhost\u2069",
    }
    assert client.get("/start/address/", {"name": "Thread"}).json()["label"] == "thread-2"
    assert "is taken" in client.get("/start/address/", {"label": "Thread"}).json()["trouble"]
    assert client.get("/start/address/", {"name": "\x00"}).json()["label"] == "my-store"


def test_asking_for_addresses_has_a_limit(db: None, browse: Browse) -> None:
    client = browse(None)
    answers = {client.get("/start/address/", {"label": "ab"}).status_code for _ in range(121)}
    assert answers == {200, 429}


def test_a_name_without_letters_still_gets_an_address(db: None) -> None:
    assert free_label_for("♥♥♥") == "my-store"


def test_one_person_opens_ten_stores_a_day(db: None, alice: User, browse: Browse) -> None:
    client = browse(None, alice)
    wish = {key: value for key, value in WISH.items() if key != "email"}
    for number in range(10):
        client.post("/start/", wish | {"label": f"needle-{number}"})
    assert client.post("/start/", wish | {"label": "needle-11"}).status_code == 429
    assert Store.objects.count() == 10


def test_a_creator_signs_in_and_sees_their_own_stores_only(
    store: Store, other_store: Store, browse: Browse, read_code: ReadCode
) -> None:
    client = browse(None)
    answer = client.post("/sign-in/", {"email": "alice@example.com"})
    answer = client.post(answer.url, {"code": read_code(None)})
    assert answer.url == "/stores/"
    shown = client.get("/stores/").content.decode()
    assert "Thread" in shown
    assert "Crumb" not in shown


def test_entering_a_store_leads_to_its_admin(store: Store, alice: User, browse: Browse) -> None:
    answer = browse(None, alice).get(f"/stores/{store.public_id}/enter/")
    assert browse(store).get(path_of(answer.url)).url == "/admin/"


def test_nobody_enters_a_store_that_is_not_theirs(store: Store, dana: User, browse: Browse) -> None:
    assert browse(None, dana).get(f"/stores/{store.public_id}/enter/").status_code == 404
    assert browse(None).get(f"/stores/{store.public_id}/enter/").url.startswith("/sign-in/")


def test_the_answer_at_the_platforms_door_is_the_same_for_everybody(
    store: Store, charlie: Any, browse: Browse, mailoutbox: list[Any]
) -> None:
    statuses = set()
    for email in ("alice@example.com", "charlie@example.com", "stranger@example.com"):
        client = browse(None)
        answer = client.post("/sign-in/", {"email": email})
        statuses.add((answer.status_code, client.get(answer.url).status_code))
    assert statuses == {(302, 200)}
    send_for_platform()
    told = ["No store is run with it" in mail.body for mail in mailoutbox]
    assert told == [False, True, True]


def test_a_platform_code_opens_nothing_on_a_stores_host(
    store: Store, browse: Browse, read_code: ReadCode
) -> None:
    answer = browse(None).post("/sign-in/", {"email": "alice@example.com"})
    client = browse(store)
    assert client.post(answer.url, {"code": read_code(None)}).status_code == 404


def test_forms_that_end_in_a_store_may_by_the_content_policy(db: None, browse: Browse) -> None:
    client = browse(None)
    waiting = begin(client)
    for path in ("/start/", f"/sign-in/{waiting.public_id}/"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "form-action 'self' http://*.localhost:8000" in policy


def test_the_first_page_names_stores_on_a_developers_machine_only(
    store: Store, browse: Browse, settings: Any
) -> None:
    for local in (True, False):
        settings.LOCAL = local
        shown = browse(None).get("/").content.decode()
        assert ("http://thread.localhost:8000/" in shown) is local
        assert ('href="/mail/"' in shown) is local
        assert 'href="/start/"' in shown


def test_the_platform_speaks_both_languages(db: None, browse: Browse) -> None:
    client = browse(None)
    assert client.post("/language/", {"language": "he", "next": "/start/"}).url == "/start/"
    assert 'dir="rtl"' in client.get("/start/").content.decode()
    away = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert away.url == "/"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_want_one_address_at_once(alice: User, dana: User) -> None:
    start, outcomes = threading.Barrier(2), []

    def work(owner: User) -> None:
        start.wait()
        wish = Wish("Needle", "needle", "en", "USD", "#A8412C", "N")
        try:
            open_wished_store(owner, wish, now=clock.now())
            outcomes.append("opened")
        except HostTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(owner,)) for owner in (alice, dana)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["opened", "taken"]
    assert Store.objects.count() == PlatformMessage.objects.count() == 1
