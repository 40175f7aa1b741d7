import pytest

from sandbox.api.table import ROUTES, find
from sandbox.errors import NotFound
from sandbox.schema.check import Checker
from sandbox.schema.stored import load


def test_every_route_and_parameter_is_one_of_stripes():
    checker = Checker(load())
    for route in ROUTES:
        known = set(checker.request_schema(route.verb, route.path)["properties"])
        assert set(route.honours.split()) <= known, route


def test_no_operation_stands_twice():
    names = [(route.verb, route.path) for route in ROUTES]
    assert len(names) == len(set(names))


def test_ids_are_taken_from_the_path():
    match = find("POST", "/v1/payment_methods/pm_1/attach")
    assert (match.route.path, match.ids) == (
        "/v1/payment_methods/{payment_method}/attach",
        ("pm_1",),
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/payouts"),
        ("DELETE", "/v1/charges/ch_1"),
        ("GET", "/v1/charges/a/b"),
        ("POST", "/v1/charges"),
    ],
)
def test_there_is_nothing_else(method, path):
    with pytest.raises(NotFound, match="not in the sandbox"):
        find(method, path)
