from __future__ import annotations

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
PARTS = 4
"""In so many parts are the many texts sent to the shop's many addresses, for several processes."""
GROUPS = [
    *(pytest.param(SHOP, PAYLOADS[n::PARTS], id=f"shop-{n}") for n in range(PARTS)),
    pytest.param(PLATFORMS, SHARP, id="platform"),
    pytest.param(ADMIN, SHARP[-1:], id="admin"),
]
"""The admin's forms and lists have a walk of their own in tests/admin."""
HOSTS = [
    pytest.param(SHOP, id="shop"),
    pytest.param(PLATFORMS, id="platform"),
    pytest.param(ADMIN, id="admin"),
]


@pytest.mark.parametrize(("places", "payloads"), GROUPS)
def test_any_text_in_a_path_is_no_page(
    places: list[Place], payloads: list[bytes], world: World, send
) -> None:
    for place in places:
        client = world.client(place)
        for part in place.address.parameters:
            for payload in payloads:
                path = place.pattern.replace(SAMPLES[part], quoted(payload[:10_000]))
                send(client, "GET", path)


@pytest.mark.parametrize(("places", "payloads"), GROUPS)
def test_any_text_in_a_query_is_harmless(
    places: list[Place], payloads: list[bytes], world: World, send
) -> None:
    for place in places:
        client, path = world.client(place), world.path(place)
        for payload in payloads:
            text = quoted(payload[:1_000])
            query = "&".join(f"{name}={text}" for name in PARAMETERS)
            send(client, "GET", f"{path}?{query}&{text}={text}&last={quoted(payload)}")


@pytest.mark.parametrize(("places", "payloads"), GROUPS)
def test_any_text_in_headers_is_harmless(
    places: list[Place], payloads: list[bytes], world: World, send
) -> None:
    for place in places:
        client, path = world.client(place), world.path(place)
        for payload in payloads:
            send(client, "GET", path, **dict.fromkeys(HEADERS, in_header(payload[:8_000])))


@pytest.mark.parametrize("places", HOSTS)
@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_any_method_is_answered(places: list[Place], method: str, world: World, send) -> None:
    for place in places:
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
