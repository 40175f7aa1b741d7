"""Browsers, a password, a second step: abuse first."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from accounts.models import AddressChange, Browser, Customer, User
from accounts.rules import device_of
from accounts.services import second_steps
from accounts.services.changing_address import begin_change
from core import clock
from mail.models import Message, PlatformMessage
from stores.models import Store
from stores.scope import store_scope

PASSWORD = "a stitch in time saves nine"
CODES = re.compile(r"<code dir=\"ltr\">(\d{4} \d{4})</code>")


def shown_by(secret: str, after: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + after))


@pytest.fixture
def come_in(store: Store, browse: Callable[..., Client], ask_at: Any, read_code: Any) -> Any:
    """Come in by a code as a browser does."""

    def enter(email: str, client: Client | None = None) -> Client:
        client = client or browse(store)
        waiting = ask_at(client, email)
        answer = client.post(f"/sign-in/{waiting.public_id}/", {"code": read_code(store)})
        assert answer.status_code == 302
        client.get("/account/")
        return client

    return enter


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Set up an authenticator app and return its secret and the recovery codes."""
    page = client.get("/account/app/").content.decode()
    secret = re.search(r"<code dir=\"ltr\">([A-Z2-7 ]+)</code>", page)
    assert secret, page
    key = secret[1].replace(" ", "")
    done = client.post("/account/app/", {"code": shown_by(key)}).content.decode()
    codes = CODES.findall(done)
    assert len(codes) == 10
    return key, codes


def test_a_browser_is_listed_in_words_and_can_be_signed_out(come_in: Any, charlie) -> None:
    mine, other = come_in(charlie.user.email), come_in(charlie.user.email)
    page = mine.get("/account/security/").content.decode()
    assert "this one" in page
    assert Browser.objects.count() == 2
    key = other.session.session_key
    mine.post(f"/account/browsers/{Browser.objects.get(session_key=key).public_id}/end/")
    assert other.get("/account/").status_code == 302
    assert mine.get("/account/").status_code == 200


def test_nobody_signs_out_anothers_browser(come_in: Any, charlie, browse, store, dana) -> None:
    come_in(charlie.user.email)
    stranger = come_in(dana.email)
    browser = Browser.objects.get(user=charlie.user)
    answer = stranger.post(f"/account/browsers/{browser.public_id}/end/")
    assert answer.status_code == 404
    assert Browser.objects.filter(pk=browser.pk).exists()


def test_signing_this_very_browser_out_is_signing_out(come_in: Any, charlie) -> None:
    mine = come_in(charlie.user.email)
    answer = mine.post(f"/account/browsers/{Browser.objects.get().public_id}/end/")
    assert answer.url == "/account/security/"
    assert mine.get("/account/").status_code == 302
    assert not Browser.objects.exists()


def test_signing_out_everywhere_ends_sessions_in_every_store(
    come_in: Any, charlie: Customer, browse, other_store: Store
) -> None:
    elsewhere = browse(other_store, charlie.user)
    assert elsewhere.get("/account/").status_code == 200
    mine, other = come_in(charlie.user.email), come_in(charlie.user.email)
    mine.post("/account/security/everywhere/end/")
    assert mine.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert elsewhere.get("/account/").status_code == 302


def test_ninety_days_begin_anew_as_a_browser_is_used(come_in: Any, charlie, time_machine) -> None:
    time_machine.move_to("2026-11-01T10:00:00Z")
    client = come_in(charlie.user.email)
    time_machine.move_to("2027-01-20T10:00:00Z")
    assert client.get("/account/").status_code == 200
    time_machine.move_to("2027-04-10T10:00:00Z")
    assert client.get("/account/").status_code == 200
    time_machine.move_to("2027-08-10T10:00:00Z")
    assert client.get("/account/").status_code == 302


def test_a_session_begun_before_signing_in_is_not_kept(
    come_in: Any, charlie, browse, store
) -> None:
    client = browse(store)
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    come_in(charlie.user.email, client)
    assert client.session.session_key != session.session_key


def test_a_password_is_set_only_by_who_just_proved_to_be_there(charlie, browse, store) -> None:
    stale = browse(store, charlie.user)  # signed in, but nothing was proved in this session lately
    answer = stale.post("/account/password/", {"password": PASSWORD})
    assert answer.url.startswith("/account/sure/")
    charlie.user.refresh_from_db()
    assert not charlie.user.has_usable_password()


def test_a_password_comes_in_and_everybody_else_is_told_the_same(
    come_in: Any, charlie, browse, store
) -> None:
    come_in(charlie.user.email).post("/account/password/", {"password": PASSWORD})
    with store_scope(store):
        assert Message.objects.filter(kind="security", to_address=charlie.user.email).exists()
    door = "/sign-in/password/"
    wrong = [
        browse(store).post(door, {"email": email, "password": "no " + PASSWORD})
        for email in (charlie.user.email, "nobody@example.com")
    ]
    texts = {re.sub(r'value="[^"]*"', "", each.content.decode()) for each in wrong}
    assert len(texts) == 1
    good = browse(store).post(door, {"email": charlie.user.email, "password": PASSWORD})
    assert good.status_code == 302


def test_passwords_are_not_guessed_for_long(come_in: Any, charlie, browse, store) -> None:
    come_in(charlie.user.email).post("/account/password/", {"password": PASSWORD})
    guesser = browse(store)
    sent = {"email": charlie.user.email, "password": "wrong"}
    for _try in range(8):
        guesser.post("/sign-in/password/", sent)
    answer = guesser.post("/sign-in/password/", sent | {"password": PASSWORD})
    assert answer.status_code == 429


def test_an_unconfirmed_password_opens_nothing_and_goes_when_the_address_is_proved(
    come_in: Any, browse, store
) -> None:
    squatter = User.objects.create_user("victim@example.com", PASSWORD)
    Authenticator.objects.create(user=squatter, type="totp", data={"secret": "x"})
    sent = {"email": "victim@example.com", "password": PASSWORD}
    assert browse(store).post("/sign-in/password/", sent).status_code == 403
    come_in("victim@example.com")
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()
    assert not Authenticator.objects.filter(user=squatter).exists()


def test_the_second_step_stands_between_the_code_and_the_session(
    come_in: Any, charlie, browse, store
) -> None:
    secret, _codes = set_up_app(come_in(charlie.user.email))
    client = come_in(charlie.user.email, browse(store))
    assert client.get("/account/").status_code == 302
    assert client.post("/sign-in/second-step/", {"code": "000000"}).status_code == 403
    answer = client.post("/sign-in/second-step/", {"code": shown_by(secret, 1)})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_code_of_the_app_and_a_recovery_code_open_once(charlie: Customer) -> None:
    user, secret = charlie.user, second_steps.new_secret()
    codes = second_steps.add_app(user, secret, shown_by(secret))
    for code in (shown_by(secret, 1), codes[0]):
        second_steps.check_step(user, code)
        with pytest.raises(second_steps.WrongStep):
            second_steps.check_step(user, code)
    assert second_steps.codes_left(user) == 9


def test_a_code_opens_nothing_while_nobody_could_remember_it(
    charlie: Customer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, secret = charlie.user, second_steps.new_secret()
    second_steps.add_app(user, secret, shown_by(secret))
    monkeypatch.setattr(second_steps, "_count", lambda _user: None)  # it went away right after
    request.getfixturevalue("redis_gone")
    with pytest.raises(second_steps.WrongStep):
        second_steps.check_step(user, shown_by(secret, 1))


def test_second_steps_are_not_guessed_for_long(charlie: Customer) -> None:
    user, secret = charlie.user, second_steps.new_secret()
    second_steps.add_app(user, secret, shown_by(secret))
    for _try in range(4):
        with pytest.raises(second_steps.WrongStep):
            second_steps.check_step(user, "12345")
    with pytest.raises(second_steps.TooOften):
        second_steps.check_step(user, shown_by(secret, 1))


def test_a_secret_is_not_stored_as_it_is(charlie: Customer) -> None:
    secret = second_steps.new_secret()
    second_steps.add_app(charlie.user, secret, shown_by(secret))
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_mailbox_alone_does_not_take_the_second_step_away(
    come_in: Any, charlie, browse, store
) -> None:
    set_up_app(come_in(charlie.user.email))
    charlie.user.refresh_from_db()
    client = browse(store, charlie.user)  # a session, and the mailbox, but not the phone
    assert client.post("/account/sure/send/").status_code == 404
    assert client.post("/account/app/remove/").status_code == 302
    assert second_steps.has_app(charlie.user)


def test_staff_are_led_to_the_second_step_before_the_admin_opens(
    come_in: Any, bob: User, store: Store
) -> None:
    Store.objects.filter(pk=store.pk).update(needs_second_step=True)
    client = come_in(bob.email)
    assert client.get("/admin/").url == "/account/security/"
    assert "One thing first" in client.get("/account/security/").content.decode()
    set_up_app(client)
    assert client.get("/admin/").status_code == 200


def test_a_session_older_than_the_second_step_does_not_enter_the_admin(
    come_in: Any, bob: User, browse, store: Store
) -> None:
    Store.objects.filter(pk=store.pk).update(needs_second_step=True)
    set_up_app(come_in(bob.email))
    bob.refresh_from_db()
    assert browse(store, bob).get("/admin/").url.startswith("/account/sure/")


def test_operators_are_held_to_it_where_it_is_set(browse, settings, db) -> None:
    settings.OPERATORS_NEED_SECOND_STEP = True
    operator = User.objects.create_superuser("op@example.com")
    assert browse(None, operator).get("/operator/").url == "/account/security/"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1",
            ("Safari", "iPhone"),
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile", ("Chrome", "Android")),
        ("curl/8", ("", "")),
    ],
)
def test_a_browser_is_called_what_people_call_it(agent: str, words: tuple[str, str]) -> None:
    assert device_of(agent) == words


def test_the_operator_takes_a_lost_second_step_away_and_says_so(
    come_in: Any, charlie: Customer, bob: User, browse, store
) -> None:
    client = come_in(charlie.user.email)
    set_up_app(client)
    lift = f"/operator/accounts/user/{charlie.user.pk}/lift/"
    assert browse(None, bob).post(lift).status_code == 404
    operator = browse(None, User.objects.create_superuser("op@example.com"))
    assert operator.get("/operator/accounts/user/?q=charlie").status_code == 200
    page = operator.get(f"/operator/accounts/user/{charlie.user.pk}/change/").content.decode()
    assert (lift in page, charlie.user.password in page) == (True, False)
    assert "every store" in operator.get(lift).content.decode()
    assert second_steps.has_app(charlie.user)
    operator.post(lift)
    assert not Authenticator.objects.filter(user=charlie.user).exists()
    assert client.get("/account/").status_code == 302
    told = PlatformMessage.objects.get(kind="platform-security")
    assert (told.to_address, told.context["what"]) == (charlie.user.email, "steps_lifted")


def test_the_operator_lets_a_held_change_go_on(charlie: Customer, browse, store) -> None:
    with store_scope(store):
        change = begin_change(
            charlie.user,
            "new@example.com",
            store=store,
            old_is_gone=True,
            language="en",
            now=clock.now(),
            by="Bob",
        )
    AddressChange.objects.update(is_held=True)
    operator = browse(None, User.objects.create_superuser("op@example.com"))
    page = f"/operator/accounts/addresschange/{change.pk}"
    assert "Let it go on" in operator.get(f"{page}/change/").content.decode()
    operator.post(f"{page}/release/")
    change.refresh_from_db()
    assert not change.is_held
    operator.post(f"{page}/stop/")
    change.refresh_from_db()
    assert change.stopped_at is not None
