import pytest

from accounts.rules import client_address, safe_path, shown_code, suggested_label, typed_code


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
