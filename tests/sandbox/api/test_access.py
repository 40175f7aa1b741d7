import pytest
import requests
import stripe

from sandbox.testing import LiveSandbox


def ask(sandbox: LiveSandbox, path: str = "/v1/customers", **headers: str) -> requests.Response:
    return requests.get(sandbox.url + path, headers=headers, timeout=10)


def test_a_request_without_a_key_is_refused(sandbox):
    answer = ask(sandbox)
    assert answer.status_code == 401
    assert "did not provide an API key" in answer.json()["error"]["message"]


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc", "pk_live_abc"])
def test_live_keys_are_refused_in_plain_words(sandbox, key):
    client = stripe.StripeClient(key, base_addresses={"api": sandbox.url})
    with pytest.raises(stripe.AuthenticationError, match="you sent a live key") as caught:
        client.v1.customers.list()
    assert caught.value.json_body["error"]["code"] == "live_key_in_the_sandbox"


@pytest.mark.parametrize("key", ["nonsense", "pk_test_abc", "sk_test_", "sk_test_a b"])
def test_other_keys_are_refused_and_not_repeated_whole(sandbox, key):
    answer = ask(sandbox, Authorization=f"Bearer {key}")
    assert answer.status_code == 401
    assert f" {key}" not in answer.json()["error"]["message"]


def test_a_key_may_come_as_basic_authentication(sandbox):
    answer = requests.get(f"{sandbox.url}/v1/balance", auth=(sandbox.key, ""), timeout=10)
    assert answer.json()["object"] == "balance"


def test_broken_basic_authentication_is_refused(sandbox):
    assert ask(sandbox, Authorization="Basic ///").status_code == 401


def test_another_api_version_is_refused(sandbox):
    key = f"Bearer {sandbox.key}"
    answer = ask(sandbox, Authorization=key, **{"Stripe-Version": "2020-01-01"})
    assert answer.status_code == 400
    assert stripe._api_version._ApiVersion.CURRENT in answer.json()["error"]["message"]


def test_an_account_that_cannot_be_one_is_refused(sandbox):
    key = f"Bearer {sandbox.key}"
    answer = ask(sandbox, Authorization=key, **{"Stripe-Account": "someone"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "account_invalid"


def test_one_accounts_objects_are_not_seen_from_another(client):
    customer = client.v1.customers.create({"name": "Charlie"}, {"stripe_account": "acct_alice"})
    assert client.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.retrieve(customer.id, options={"stripe_account": "acct_dana"})


def test_one_accounts_objects_cannot_be_used_by_another(client):
    customer = client.v1.customers.create({"name": "Charlie"}, {"stripe_account": "acct_alice"})
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.payment_intents.create(
            {"amount": 100, "currency": "ils", "customer": customer.id}
        )


def test_an_answer_names_its_request_and_version(client):
    headers = client.v1.customers.list().last_response.headers
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe._api_version._ApiVersion.CURRENT
