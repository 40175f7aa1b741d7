import pytest

from sandbox.schema.check import Checker, as_json_schema
from sandbox.schema.stored import load


@pytest.fixture(scope="module")
def checker():
    return Checker(load())


def test_a_field_that_is_missing_wrong_or_too_much_is_found(checker):
    problems = checker.answer_problems("delete", "/v1/products/{id}", {"id": 7, "more": 1})
    text = "; ".join(problems)
    for words in ('"deleted" is a required', "'more' was unexpected", "id: 7 is not"):
        assert words in text


def test_parts_of_an_object_are_checked_too(checker):
    event = {
        "id": "evt_1",
        "object": "event",
        "created": 1,
        "data": {"object": {}, "extra": 1},
        "livemode": False,
        "pending_webhooks": 0,
        "type": "charge.succeeded",
    }
    assert "extra" in checker.object_problems("event", event)[0]
    del event["data"]["extra"]
    assert checker.object_problems("event", event) == []
    assert checker.object_problems("event", event | {"type": "charge.nonsense"})


def test_params_are_checked(checker):
    good = {"amount": 1, "charge": "ch_1"}
    assert checker.request_problems("post", "/v1/refunds", good) == []
    assert checker.request_problems("post", "/v1/refunds", {"amount": "1"})
    assert checker.request_problems("get", "/v1/refunds", {"nonsense": "1"})


def test_an_object_outside_the_schema_is_a_problem(checker):
    assert checker.object_problems("nonsense", {}) == ["nonsense is not in the schema"]


@pytest.mark.parametrize(
    ("openapi", "schema"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"type": "string", "enum": ["a"], "nullable": True, "x-open": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"anyOf": [{"type": "string"}], "nullable": True},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        (
            {"type": "object", "properties": {"nullable": {"type": "string"}}},
            {
                "type": "object",
                "properties": {"nullable": {"type": "string"}},
                "additionalProperties": False,
            },
        ),
    ],
)
def test_openapi_becomes_json_schema(openapi, schema):
    assert as_json_schema(openapi) == schema
