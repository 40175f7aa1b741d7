from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Customer, SignIn, User
from accounts.services.confirming import confirm_address
from core import clock
from stores.models import Store
from stores.scope import store_scope

Browse = Callable[..., Client]


@pytest.fixture
def squatter(store: Store) -> User:
    """Somebody set charlie's address up before charlie ever came."""
    user = User.objects.create_user("charlie@example.com", "a stranger's password")
    EmailAddress.objects.create(user=user, email="eve@example.com", verified=False)
    with store_scope(store):
        Customer.objects.create(user=user, name="Eve")
    return user


def test_the_first_confirmation_drops_passwords_and_names(store: Store, squatter: User) -> None:
    confirm_address(squatter, now=clock.now())
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()
    assert squatter.confirmed_at is not None
    with store_scope(store):
        assert Customer.objects.get().name == ""


def test_the_first_confirmation_ends_every_session_begun_before(
    store: Store,
    squatter: User,
    browse: Browse,
    ask_at: Callable[..., SignIn],
    read_code: Callable[..., str],
) -> None:
    strangers = browse(store, squatter)
    assert strangers.get("/account/").status_code == 200
    charlies = browse(store)
    waiting = ask_at(charlies, "charlie@example.com")
    charlies.post(f"/sign-in/{waiting.public_id}/", {"code": read_code(store)})
    assert strangers.get("/account/").status_code == 302
    assert charlies.get("/account/").status_code == 200


def test_the_confirmed_address_is_the_only_one_and_verified(squatter: User) -> None:
    confirm_address(squatter, now=clock.now())
    (address,) = EmailAddress.objects.filter(user=squatter)
    assert (address.email, address.verified, address.primary) == (squatter.email, True, True)


def test_a_later_sign_in_drops_nothing(store: Store, squatter: User) -> None:
    confirm_address(squatter, now=clock.now())
    squatter.refresh_from_db()
    squatter.set_password("charlie's own")
    squatter.save()
    with store_scope(store):
        Customer.objects.update(name="Charlie")
        confirm_address(squatter, now=clock.now())
        assert Customer.objects.get().name == "Charlie"
    squatter.refresh_from_db()
    assert squatter.check_password("charlie's own")


def test_names_are_dropped_in_every_store(store: Store, other_store: Store, squatter: User) -> None:
    with store_scope(other_store):
        Customer.objects.create(user=squatter, name="Eve")
    confirm_address(squatter, now=clock.now())
    for one in (store, other_store):
        with store_scope(one):
            assert Customer.objects.get().name == ""


def test_an_operator_made_on_the_command_line_keeps_the_password(db: None) -> None:
    operator = User.objects.create_superuser("op@example.com", "long enough to keep")
    confirm_address(operator, now=clock.now())
    operator.refresh_from_db()
    assert operator.check_password("long enough to keep")
