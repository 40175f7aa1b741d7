from sandbox.schema.hoist import hoist


def long_schema():
    names = [f"a rather long name number {n}" for n in range(12)]
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


def document(**paths):
    return {"paths": paths, "components": {"schemas": {}}}


def test_what_is_long_and_repeated_is_written_once():
    whole = document(a={"schema": long_schema()}, b={"schema": long_schema()})
    hoist(whole)
    assert list(whole["components"]["schemas"].values()) == [long_schema()]
    assert whole["paths"]["a"] == whole["paths"]["b"]
    assert "$ref" in whole["paths"]["a"]["schema"]


def test_what_is_short_or_alone_stays():
    whole = document(a={"schema": {"type": "string"}}, b={"schema": {"type": "string"}})
    hoist(whole)
    assert whole["components"]["schemas"] == {}
    alone = document(a={"schema": long_schema()})
    hoist(alone)
    assert alone["paths"]["a"]["schema"] == long_schema()
