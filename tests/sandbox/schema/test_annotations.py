import ast

import pytest

from sandbox.schema.annotations import Place, Translator, union
from sandbox.schema.source import Sdk


@pytest.fixture(scope="module")
def translator():
    return Translator(Sdk(), frozenset({"charge", "customer"}))


def translate(translator, text, *, is_answer=True):
    node = ast.parse(text, mode="eval").body
    found = translator.sdk.find_class("stripe._refund", "Refund")
    return translator.translate(node, Place(found.module, (found.node,), is_answer=is_answer))


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", {"type": "string"}),
        ("'int'", {"type": "integer"}),
        ("Decimal", {"type": "string", "format": "decimal"}),
        ("Optional[bool]", {"type": "boolean", "nullable": True}),
        ("List[str]", {"type": "array", "items": {"type": "string"}}),
        ("Dict[str, int]", {"type": "object", "additionalProperties": {"type": "integer"}}),
        ("Literal['a', 'b']", {"type": "string", "enum": ["a", "b"]}),
        ("Literal[True]", {"type": "boolean", "enum": [True]}),
        ("Union[str, int]", {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ("'str|int'", {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ("NotRequired[str]", {"type": "string"}),
    ],
)
def test_annotations_become_schemas(translator, annotation, schema):
    assert translate(translator, annotation) == schema


def test_a_literal_beside_a_string_may_grow(translator):
    assert translate(translator, "Union[Literal['a'], str]") == {
        "type": "string",
        "enum": ["a"],
        "x-open": True,
    }


def test_an_empty_literal_beside_a_string_is_a_string():
    empty = {"type": "string", "enum": [""]}
    assert union([empty, {"type": "string"}]) == {"type": "string"}


def test_an_expandable_field_is_an_id_or_the_object(translator):
    schema = translate(translator, "ExpandableField['Charge']")
    assert schema["anyOf"] == [{"type": "string"}, {"$ref": "#/components/schemas/charge"}]
    assert "charge" in translator.needed


def test_an_expandable_customer_may_be_deleted(translator):
    schema = translate(translator, "ExpandableField['Customer']")
    assert {"$ref": "#/components/schemas/deleted_customer"} in schema["anyOf"]


def test_a_resource_left_out_is_any_object_with_an_id(translator):
    schema = translate(translator, "ExpandableField['TransferReversal']")
    assert schema["anyOf"][1]["required"] == ["id", "object"]


def test_a_nested_class_becomes_an_object(translator):
    schema = translate(translator, "NextAction")
    assert schema["required"] == ["type"]
    assert set(schema["properties"]) == {"display_details", "type"}


def test_a_resource_has_its_name_fixed(translator):
    refund = translator.resource("refund")
    assert refund["properties"]["object"]["enum"] == ["refund"]
    assert "amount" in refund["required"]
    assert "reason" not in refund["required"]
    assert "charge" in refund["x-expandableFields"]


def test_requests_take_nothing_unnamed_and_no_headers(translator):
    found = translator.sdk.find_class("stripe.params._refund_create_params", "RefundCreateParams")
    place = Place(found.module, (found.node,), is_answer=False)
    schema = translator.translate(ast.Name("RefundCreateParams"), place)
    assert schema["additionalProperties"] is False
    assert "amount" in schema["properties"]
    assert "idempotency_key" not in schema["properties"]


def test_an_annotation_of_another_shape_is_an_error(translator):
    with pytest.raises(TypeError, match="unknown"):
        translate(translator, "Frozen[str]")
