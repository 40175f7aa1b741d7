from __future__ import annotations

import pytest

from tests.hostile.conftest import EVERYWHERE, Place, World
from tests.hostile.conftest import SAMPLE as SAMPLES
from tests.hostile.payloads import PAYLOADS, in_header, quoted

WITH_PARTS = [place for place in EVERYWHERE if place.address.parameters]
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


def by_name(place: Place) -> str:
    return place.name


@pytest.mark.parametrize("place", WITH_PARTS, ids=by_name)
def test_any_text_in_a_path_is_a_page_or_no_page(place: Place, world: World, send) -> None:
    client = world.client(place)
    for payload in PAYLOADS:
        for part in place.address.parameters:
            path = place.pattern.replace(SAMPLES[part], quoted(payload)[:40_000])
            assert send(client, "GET", path).status_code != 200 or not payload or len(path) < 400


@pytest.mark.parametrize("place", EVERYWHERE, ids=by_name)
def test_any_text_in_a_query_is_harmless(place: Place, world: World, send) -> None:
    client, path = world.client(place), world.path(place)
    for payload in PAYLOADS:
        query = "&".join(f"{name}={quoted(payload)}" for name in PARAMETERS)
        send(client, "GET", f"{path}?{query}&{quoted(payload)}={quoted(payload)}")


@pytest.mark.parametrize("place", EVERYWHERE, ids=by_name)
def test_any_text_in_headers_is_harmless(place: Place, world: World, send) -> None:
    client, path = world.client(place), world.path(place)
    for payload in PAYLOADS:
        text = in_header(payload)
        send(client, "GET", path, **dict.fromkeys(HEADERS, text))


@pytest.mark.parametrize("place", EVERYWHERE, ids=by_name)
def test_any_method_is_answered(place: Place, world: World, send) -> None:
    path = world.path(place)
    for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        send(world.client(place), method, path)


@pytest.mark.parametrize(
    "cookie", [*map(in_header, PAYLOADS), '"\\000aaaaaaaaaaa"', '"\\377\\376aaaaaaaaa"', ";;=;"]
)
def test_any_text_in_cookies_is_harmless(world: World, send, cookie: str) -> None:
    names = ("sessionid", "csrftoken", "messages", "django_language")
    for place in EVERYWHERE[:1] + [each for each in EVERYWHERE if "sign-in" in each.name]:
        client = world.client(place, "nobody")
        text = "; ".join(f"{name}={cookie}" for name in names)
        send(client, "GET", world.path(place), HTTP_COOKIE=text)
        send(client, "POST", world.path(place), b"email=a%40example.com", HTTP_COOKIE=text)


@pytest.mark.parametrize(
    "charset",
    ["utf-16", "rot13", "base64", "unicode_escape", "idna", "punycode", "zlib", "cp037", "\0", "x"],
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
