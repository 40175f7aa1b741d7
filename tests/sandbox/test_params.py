import pytest

from sandbox.errors import InvalidRequest
from sandbox.params import parse, typed

SCHEMA = {
    "type": "object",
    "properties": {
        "amount": {"type": "integer"},
        "share": {"type": "number"},
        "confirm": {"type": "boolean"},
        "mode": {"type": "string", "enum": ["payment", "setup"]},
        "items": {"type": "array", "items": {"type": "object", "properties": {"q": {}}}},
        "metadata": {
            "anyOf": [
                {"type": "string", "enum": [""]},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ]
        },
        "card": {
            "type": "object",
            "properties": {"number": {"type": "string"}},
            "required": ["number"],
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


class NoReferences:
    """A checker of a document without references."""

    def resolve(self, schema):
        return schema


def read(text):
    return typed(NoReferences(), parse(text), SCHEMA)


def test_nested_fields_become_nested_objects():
    assert parse("a[b][c]=1&a[d]=2&e=3") == {"a": {"b": {"c": "1"}, "d": "2"}, "e": "3"}


def test_values_get_the_types_of_the_schema():
    assert read("amount=12&confirm=true&share=0.5&mode=setup") == {
        "amount": 12,
        "confirm": True,
        "share": 0.5,
        "mode": "setup",
    }


def test_numbered_and_empty_brackets_are_lists():
    assert read("items[1][q]=b&items[0][q]=a") == {"items": [{"q": "a"}, {"q": "b"}]}
    assert read("items[][q]=a") == {"items": [{"q": "a"}]}


def test_an_empty_text_unsets():
    assert read("metadata=") == {"metadata": ""}
    assert read("metadata[order]=7") == {"metadata": {"order": "7"}}
    assert read("items=") == {"items": []}


@pytest.mark.parametrize(
    ("text", "message", "param"),
    [
        ("amount=12.5", "Invalid integer", "amount"),
        ("amount=٣", "Invalid integer", "amount"),
        ("amount=" + "9" * 30, "Invalid integer", "amount"),
        ("amount[a]=1", "Invalid integer", "amount"),
        ("share=half", "Invalid decimal", "share"),
        ("confirm=yes", "Invalid boolean", "confirm"),
        ("mode=gift", "must be one of payment, setup", "mode"),
        ("mode[a]=gift", "Invalid string", "mode"),
        ("items=a", "Invalid array", "items"),
        ("items[x]=a", "Invalid array", "items"),
        ("card=a", "Invalid object", "card"),
        ("card[cvc]=1", "unknown parameter: card\\[cvc\\]", "card[cvc]"),
        ("card[number][x]=1", "Invalid string", "card[number]"),
        ("nonsense=1", "unknown parameter: nonsense", "nonsense"),
    ],
)
def test_what_cannot_be_is_refused_by_name(text, message, param):
    with pytest.raises(InvalidRequest, match=message) as caught:
        read(text)
    assert caught.value.param == param


def test_a_field_left_out_is_missed():
    card = {"type": "object", "properties": {"card": SCHEMA["properties"]["card"]}}
    with pytest.raises(InvalidRequest, match=r"Missing required param: card\[number\]"):
        typed(NoReferences(), {"card": {}}, card)


def test_a_field_cannot_be_both_text_and_object():
    with pytest.raises(InvalidRequest):
        parse("a=1&a[b]=2")


def test_thousands_of_fields_are_refused():
    with pytest.raises(InvalidRequest, match="Invalid request body"):
        parse("&".join(f"a[{i}]=1" for i in range(4000)))
