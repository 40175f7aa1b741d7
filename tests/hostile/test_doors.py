"""Forgery, other hosts, other sessions: who gets in with what."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.models import Customer, SignIn, User
from stores.models import Store
from stores.scope import store_scope
from tests.hostile.conftest import EVERYWHERE, World

EXEMPT = {"payments_platform:webhook": 400, "accounts:news-leave": 200, "storefront:sign-up": 200}
"""Posted to by programs without our cookies: Stripe signs, and a mail's link is a secret.

A form on a page kept for everybody (docs/adr/0026) only asks a mailbox."""
ELSEWHERE = [
    *("https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example/"),
    *("\\\\evil.example", "https:evil.example", "http:///evil.example", "javascript:alert(1)"),
    *("/\t/evil.example", "/\n/evil.example", " //evil.example", "\x00//evil.example"),
    *("https://localhost@evil.example/", "//thread.localhost@evil.example", "data:text/html,x"),
    *("%2f%2fevil.example", "/%09/evil.example", "//evil.example\\@thread.localhost/"),
    *("https://thread.localhost.evil.example", "//[::1]:1/", "////evil.example", "//\u3002evil"),
]


def test_nothing_is_changed_from_another_page(world: World) -> None:
    for place in EVERYWHERE:
        client = world.kept(place)
        client.handler.enforce_csrf_checks = True
        answer = client.post(world.path(place), {"email": "a@example.com", "what": "all"})
        if place.name in EXEMPT:
            assert answer.status_code == EXEMPT[place.name], place.name
        else:
            assert answer.status_code == 403, (place.name, answer.status_code)
            assert "This page was open for too long" in answer.content.decode(), place.name


def test_only_doors_with_a_secret_of_their_own_need_no_token() -> None:
    views = [(each.name, each.address.view) for each in EVERYWHERE]
    exempt = {name for name, view in views if getattr(view, "csrf_exempt", False)}
    assert exempt == set(EXEMPT)


def test_a_token_of_another_origin_is_refused(world: World) -> None:
    client = world.browse(world.store, enforce_csrf_checks=True)
    client.get("/sign-in/")
    token = client.cookies["csrftoken"].value
    sent = {"email": "a@example.com", "csrfmiddlewaretoken": token}
    assert client.post("/sign-in/", sent, HTTP_ORIGIN="https://evil.example").status_code == 403
    assert client.post("/sign-in/", sent, HTTP_ORIGIN="http://crumb.localhost").status_code == 403
    assert client.post("/sign-in/", sent, HTTP_ORIGIN="http://thread.localhost").status_code == 302


def is_ours(where: str) -> bool:
    """Whether a browser stays on the page's own host: tabs are dropped, slashes turned."""
    read = "".join(letter for letter in where if letter not in "\t\r\n").replace("\\", "/").strip()
    target = urlsplit(urljoin("http://ours/page/", read))
    return (target.scheme, target.netloc) == ("http", "ours")


def leads(answer: Any) -> str:
    return str(answer.headers.get("Location", "/"))


def test_what_counts_as_ours_can_tell() -> None:
    assert all(map(is_ours, ("/a", "/%09/evil.example", "")))
    assert not any(map(is_ours, ("//evil", "/\\evil", "/\t/evil", "https://evil", "javascript:a")))


@pytest.mark.parametrize("way", ELSEWHERE)
def test_no_next_leads_to_another_host(world: World, way: str) -> None:
    encoded = quote(way)
    signed_in = world.browse(world.store, world.users["charlie"])
    assert is_ours(leads(signed_in.get(f"/sign-in/?next={encoded}")))
    platform = world.browse(None, world.users["alice"])
    assert is_ours(leads(platform.get(f"/sign-in/?next={encoded}")))
    assert is_ours(leads(platform.post("/language/", {"language": "he", "next": way})))
    refered = platform.post("/language/", {"language": "he"}, HTTP_REFERER="https://evil.example/")
    assert is_ours(leads(refered))
    operator = world.browse(None, world.users["operator"])
    for path in ("/operator/login/", "/operator/logout/"):
        assert is_ours(leads(operator.get(f"{path}?next={encoded}")))
        assert is_ours(leads(operator.post(path, {"next": way})))


@pytest.mark.parametrize("way", ELSEWHERE)
def test_a_sign_in_keeps_no_way_to_another_host(world: World, way: str) -> None:
    client = world.browse(world.store)
    client.post("/sign-in/", {"email": "new@example.com", "next": way})
    assert is_ours(SignIn.objects.latest("pk").next_path)


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_HOST"])
def test_only_the_host_header_names_the_host(world: World, other_store: Store, header: str) -> None:
    client = world.browse(world.store)
    for host in ("crumb.localhost", "evil.example", "localhost"):
        answer = client.get("/sign-in/", **{header: f"host={host}" if header[-1] == "D" else host})
        assert answer.wsgi_request.store == world.store
        assert host.encode() + b'"' not in answer.content


def test_an_address_with_a_host_in_it_goes_by_the_host_header(
    world: World, other_store: Store
) -> None:
    client = world.browse(world.store)
    answer = client.get("/", PATH_INFO="http://crumb.localhost/account/")
    assert answer.status_code == 404
    assert answer.wsgi_request.store == world.store


def test_a_planted_session_is_nobodys_after_signing_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tokens.sign_in_code", lambda: "482913")
    for planted in (_kept_session(world.store), "a" * 32, "../../etc/passwd"):
        victim, thief = world.browse(world.store), world.browse(world.store)
        victim.cookies["sessionid"] = thief.cookies["sessionid"] = planted
        where = victim.post("/sign-in/", {"email": "charlie@example.com"}).url
        victim.post(where, {"code": "482913"})
        assert victim.cookies["sessionid"].value != planted
        assert victim.get("/account/").status_code == 200
        assert thief.get("/account/").status_code == 302


def _kept_session(store: Store) -> str:
    session = SessionStore()
    session["store"] = store.public_id
    session.save()
    return str(session.session_key)


def test_signing_out_leaves_nothing_to_take_up_again(world: World) -> None:
    client = world.browse(world.store, world.users["charlie"])
    thief = world.browse(world.store)
    thief.cookies = deepcopy(client.cookies)
    client.post("/sign-out/")
    assert thief.get("/account/").status_code == 302
    assert not SessionStore(thief.cookies["sessionid"].value).load()


def test_a_session_opens_its_own_host_only(world: World, other_store: Store, alice: User) -> None:
    here, platform = world.browse(world.store, alice), world.browse(None, alice)
    for client, hosts in ((here, [other_store, None]), (platform, [world.store, other_store])):
        for host in hosts:
            thief = world.browse(host)
            thief.cookies = deepcopy(client.cookies)
            for path in ("/account/", "/admin/", "/stores/", "/operator/stores/store/"):
                assert thief.get(path).status_code in {302, 404}, (host, path)
    assert here.get("/admin/").status_code == 200
    assert platform.get("/stores/").status_code == 200


def test_an_operator_signs_in_as_everybody_does_and_a_creator_finds_no_such_page(
    world: World, alice: User
) -> None:
    """A form for passwords would be a door without limits."""
    asked = world.browse(None).get("/operator/stores/store/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/sign-in/?next=/operator/")
    assert 'type="password"' not in asked.content.decode()
    for path in ("/operator/", "/operator/login/", "/operator/stores/store/"):
        assert world.browse(None, alice).get(path, follow=True).status_code == 404


def answers(client: Client, path: str, email: str, **over: str) -> Any:
    typed = {"email": email, "name": "Somebody", "terms": "on", "attempt": over.get("attempt", "")}
    answer = client.post(path, typed)
    head = {name for name, _value in answer.headers.items()}
    return answer.status_code, head, set(answer.cookies), len(answer.content)


def test_checkout_says_the_same_to_known_and_unknown_addresses(
    world: World, charlie: Customer, alice: User
) -> None:
    with store_scope(world.store):
        price = world.scene.price.public_id
    for path in (f"/buy/{price}/", f"/buy/{world.parts['price_id']}/"):
        seen = {
            str(answers(world.browse(world.store), path, email, attempt=f"attempt{number}"))
            for number, email in enumerate(("charlie@example.com", "nobody1@example.com"))
        }
        assert len(seen) == 1, seen


def test_the_door_says_the_same_in_every_part_of_its_answer(
    world: World, charlie: Customer
) -> None:
    for host in (world.store, None):
        seen = {
            str(answers(world.browse(host), "/sign-in/", email))
            for email in ("charlie@example.com", "alice@example.com", "nobody1@example.com")
        }
        assert len(seen) == 1, seen
