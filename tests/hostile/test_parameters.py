from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile.conftest import ADMIN, EVERYWHERE, PLATFORMS, SHOP, Place, World
from tests.hostile.conftest import SAMPLE as SAMPLES
from tests.hostile.payloads import PAYLOADS, SHARP, in_header, quoted

PARAMETERS = [
    *("q", "p", "o", "e", "next", "sent", "order", "looks", "again", "label", "name", "language"),
    *(
        "session_id",
        "app_label",
        "model_name",
        "field_name",
        "term",
        "state",
        "_popup",
        "_to_field",
    ),
    *("id__exact", "_changelist_filters", "page", "all", "csrfmiddlewaretoken"),
]
HEADERS = [
    *("HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER", "HTTP_USER_AGENT", "HTTP_ORIGIN", "HTTP_RANGE"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_HX_REQUEST"),
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_ACCEPT"),
    *("HTTP_X_REQUESTED_WITH", "HTTP_X_CSRFTOKEN", "HTTP_STRIPE_SIGNATURE", "HTTP_ACCEPT_ENCODING"),
]


COOKIE_READERS = {"accounts:sign-in", "storefront:home", "accounts_platform:start"}
KINDS = {"shop": (SHOP, PAYLOADS), "platform": (PLATFORMS, SHARP), "admin": (ADMIN, SHARP[-1:])}
"""The admin's forms and lists have a walk of their own in tests/admin."""
METHODS = ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
USUAL = {"shop": 4, "platform": 2, "admin": 1}
"""So many turns are taken each time; the others are for bin/test --long."""


def turns(kinds: list[str]) -> list[Any]:
    """Each turn gives every address the next text: together they give every text to each."""
    return [
        pytest.param(kind, turn, id=f"{kind}-{turn}", marks=[pytest.mark.slow] * (turn >= usual))
        for kind, usual in USUAL.items()
        if kind in kinds
        for turn in range(len(KINDS[kind][1]))
    ]


def taken(kind: str, turn: int) -> Iterator[tuple[Place, bytes]]:
    """Yield every address of a kind with the text it gets in a turn."""
    places, payloads = KINDS[kind]
    for number, place in enumerate(places, start=turn):
        yield place, payloads[number % len(payloads)]


def query_of(payload: bytes) -> str:
    text = quoted(payload[:1_000])
    query = "&".join(f"{name}={text}" for name in PARAMETERS)
    return f"{query}&{text}={text}&last={quoted(payload)}"


def headers_of(payload: bytes) -> dict[str, str]:
    return dict.fromkeys(HEADERS, in_header(payload[:8_000]))


@pytest.mark.parametrize(("kind", "turn"), turns(["shop", "platform", "admin"]))
def test_any_text_in_a_path_is_no_page(kind: str, turn: int, world: World, send) -> None:
    for place, payload in taken(kind, turn):
        client = world.kept(place)
        for part in place.address.parameters:
            path = place.pattern.replace(SAMPLES[part], quoted(payload[:10_000]))
            send(client, "GET", path)


@pytest.mark.parametrize(("kind", "turn"), turns(["shop", "platform"]))
def test_any_text_in_a_query_is_harmless(kind: str, turn: int, world: World, send) -> None:
    for place, payload in taken(kind, turn):
        send(world.client(place), "GET", f"{world.path(place)}?{query_of(payload)}")


@pytest.mark.parametrize(("kind", "turn"), turns(["shop", "platform"]))
def test_any_text_in_headers_is_harmless(kind: str, turn: int, world: World, send) -> None:
    for place, payload in taken(kind, turn):
        send(world.client(place), "GET", world.path(place), **headers_of(payload))


@pytest.mark.parametrize(("kind", "turn"), turns(["admin"]))
def test_any_text_in_queries_and_headers_of_the_admin_is_harmless(
    kind: str, turn: int, world: World, send
) -> None:
    for place, payload in taken(kind, turn):
        path = f"{world.path(place)}?{query_of(payload)}"
        send(world.kept(place), "GET", path, **headers_of(payload))


@pytest.mark.parametrize(
    "turn", [0, *(pytest.param(turn, marks=pytest.mark.slow) for turn in range(1, len(METHODS)))]
)
def test_any_method_is_answered(turn: int, world: World, send) -> None:
    for number, place in enumerate(EVERYWHERE, start=turn):
        method = METHODS[number % len(METHODS)]
        answer = send(world.client(place), method, world.path(place))
        if place in ADMIN and method not in {"HEAD", "PUT"}:
            assert answer.status_code == 405, place.name


@pytest.mark.parametrize(
    "cookie", [*map(in_header, PAYLOADS), '"\\000aaaaaaaaaaa"', '"\\377\\376aaaaaaaaa"', ";;=;"]
)
def test_any_text_in_cookies_is_harmless(world: World, send, cookie: str) -> None:
    names = ("sessionid", "csrftoken", "messages", "django_language")
    for place in [each for each in EVERYWHERE if each.name in COOKIE_READERS]:
        client = world.client(place, "nobody")
        text = "; ".join(f"{name}={cookie}" for name in names)
        send(client, "GET", world.path(place), HTTP_COOKIE=text)
        send(client, "POST", world.path(place), b"email=a%40example.com", HTTP_COOKIE=text)


@pytest.mark.parametrize(
    "charset",
    ["utf-16", "rot13", "base64", "unicode_escape", "idna", "punycode", "zlib", "cp037", "x"],
)
@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_charset_of_their_choosing_changes_nothing(
    world: World, send, charset: str, form: str
) -> None:
    body = b"email=%5Cud800%00a%40b.co&next=%5Cud800"
    if form.startswith("multipart"):
        form += "; boundary=b"
        body = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\na\\ud800@b.co\r\n--b--'
    for place in [
        each for each in EVERYWHERE if each.name.endswith(("sign-in", "checkout", "look"))
    ]:
        kind = f"{form}; charset={charset}"
        send(world.client(place, "nobody"), "POST", world.path(place), body, content_type=kind)


def test_a_host_of_their_choosing_is_no_store(world: World, send) -> None:
    for payload in PAYLOADS:
        client = world.browse(world.store)
        assert send(client, "GET", "/", HTTP_HOST=in_header(payload) or "x").status_code in {
            400,
            404,
        }
