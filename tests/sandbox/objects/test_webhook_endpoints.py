import pytest
import stripe

URL = "http://localhost:8000/stripe/x/"


def make_endpoint(client, **over):
    return client.v1.webhook_endpoints.create({"url": URL, "enabled_events": ["*"]} | over)


def test_the_secret_is_shown_once(client):
    made = make_endpoint(client)
    assert made.secret.startswith("whsec_")
    assert "secret" not in client.v1.webhook_endpoints.retrieve(made.id)


def test_an_endpoint_is_changed_switched_off_and_deleted(client, sandbox):
    made = make_endpoint(client)
    endpoints = client.v1.webhook_endpoints
    changed = endpoints.update(made.id, {"disabled": True, "enabled_events": ["charge.failed"]})
    assert (changed.status, changed.enabled_events) == ("disabled", ["charge.failed"])
    client.v1.customers.create({"name": "Charlie"})
    assert sandbox.deliveries() == []
    assert endpoints.delete(made.id).deleted
    assert endpoints.list().data == []


@pytest.mark.parametrize(
    "over", [{"url": "ftp://localhost/"}, {"enabled_events": ""}, {"url": "nonsense"}]
)
def test_an_endpoint_needs_an_address_and_a_wish(client, over):
    with pytest.raises(stripe.InvalidRequestError):
        make_endpoint(client, **over)


def test_only_the_platform_listens_to_others(client):
    with pytest.raises(stripe.InvalidRequestError, match="cannot listen"):
        client.v1.webhook_endpoints.create(
            {"url": URL, "enabled_events": ["*"], "connect": True},
            {"stripe_account": "acct_alice"},
        )
