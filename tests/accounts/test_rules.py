import pytest

from accounts.rules import (
    KNOWN_DOMAINS,
    client_address,
    safe_path,
    shown_code,
    suggested_address,
    suggested_label,
    typed_code,
)


def test_the_halves_of_a_code_are_held_together() -> None:
    assert shown_code("482913") == "482\u00a0913"
    assert typed_code(shown_code("482913")) == "482913"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Thread & Needle", "thread-needle"),
        ("Café Zoë", "cafe-zoe"),
        ("סטודיו חוט", "stodio-hot"),
        ("רות's", "rots"),
        ("♥", ""),
        ("ab", ""),
        ("x" * 100, "x" * 40),
    ],
)
def test_a_name_becomes_an_address(name: str, label: str) -> None:
    assert suggested_label(name) == label


@pytest.mark.parametrize(
    ("meta", "behind_proxy", "expected"),
    [
        ({"REMOTE_ADDR": "203.0.113.9"}, False, "203.0.113.9"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6"}, False, "10.0.0.1"),
        ({"HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9"}, True, "203.0.113.9"),
        ({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, False, "2001:db8:1:2::/64"),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "nonsense"}, True, "unknown"),
        ({}, False, "unknown"),
    ],
)
def test_who_asks_is_counted_by_what_cannot_be_made_up(
    meta: dict[str, str], *, behind_proxy: bool, expected: str
) -> None:
    assert client_address(meta, behind_proxy=behind_proxy) == expected


@pytest.mark.parametrize("path", ["/", "/account/?a=1", "/en/shelf/", "/p/חוט/"])
def test_a_path_of_this_host_is_a_way_on(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmal.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co.il", "gmail.com"),
        ("gmail", "gmail.com"),
        ("gmailcom", "gmail.com"),
        ("gmail,com", "gmail.com"),
        ("gmail..com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmal.con", "hotmail.com"),
        ("outlok.co.il", "outlook.co.il"),
        ("yaho.com", "yahoo.com"),
        ("walla.il", "walla.co.il"),
        ("wala.co.il", "walla.co.il"),
        ("013.ner", "013.net"),
        ("bezeqnit.net", "bezeqint.net"),
        ("icloud.con", "icloud.com"),
        ("her-studio.con", "her-studio.com"),
        ("her-studio.co.li", "her-studio.co.il"),
        ("amuta.org.ill", "amuta.org.il"),
    ],
)
def test_a_mistyped_address_is_asked_about(typed: str, meant: str) -> None:
    assert suggested_address(f"Dana.L@{typed}") == f"dana.l@{meant}"


def test_a_domain_that_is_known_or_its_own_is_not_asked_about() -> None:
    real = [*KNOWN_DOMAINS, "small.com", "love.com", "her-studio.com", "post.tau.ac.il", "gov.il"]
    assert [domain for domain in real if suggested_address(f"dana@{domain}")] == []


@pytest.mark.parametrize("typed", ["", "@", "dana", "dana@", "@gmial.com", "dana@."])
def test_what_is_no_address_is_not_mended(typed: str) -> None:
    assert suggested_address(typed) is None
