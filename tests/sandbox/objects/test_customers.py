import pytest
import stripe


def test_a_customer_is_made_read_and_changed(client, sandbox):
    made = client.v1.customers.create(
        {"email": "charlie@example.com", "metadata": {"a": "1"}, "address": {"city": "Haifa"}}
    )
    client.v1.customers.update(made.id, {"name": "Charlie", "metadata": {"a": "", "b": "2"}})
    found = client.v1.customers.retrieve(made.id)
    assert (found.name, found.email) == ("Charlie", "charlie@example.com")
    assert found.metadata.to_dict() == {"b": "2"}
    assert (found.address.city, found.address.line1) == ("Haifa", None)
    told = sandbox.events("customer.updated")[0]["data"]["previous_attributes"]
    assert told == {"name": None, "metadata": {"a": "1"}}


def test_an_empty_text_unsets(client):
    made = client.v1.customers.create({"name": "Charlie", "metadata": {"a": "1"}})
    changed = client.v1.customers.update(made.id, {"name": "", "metadata": ""})
    assert (changed.name, changed.metadata.to_dict()) == (None, {})


def test_an_update_that_changes_nothing_is_not_told(client, sandbox):
    made = client.v1.customers.create({"name": "Charlie"})
    client.v1.customers.update(made.id, {"name": "Charlie"})
    assert sandbox.events("customer.updated") == []


def test_a_deleted_customer_is_a_shadow(client, sandbox):
    made = client.v1.customers.create({"name": "Charlie"})
    assert client.v1.customers.delete(made.id).deleted
    assert client.v1.customers.retrieve(made.id).deleted
    assert client.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.update(made.id, {"name": "Dana"})
    assert sandbox.events()[-1]["type"] == "customer.deleted"


def test_customers_are_found_by_email(client):
    for email in ("charlie@example.com", "dana@example.com"):
        client.v1.customers.create({"email": email})
    found = client.v1.customers.list({"email": "dana@example.com"}).data
    assert [one.email for one in found] == ["dana@example.com"]
