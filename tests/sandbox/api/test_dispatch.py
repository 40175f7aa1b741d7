from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import stripe

from sandbox.objects import customers
from tests.sandbox.making import make_payment


def test_what_the_sandbox_has_not_is_a_404_that_says_so(client):
    with pytest.raises(stripe.InvalidRequestError, match="not in the sandbox") as caught:
        client.v1.payouts.list()
    assert caught.value.http_status == 404


@pytest.mark.parametrize(
    "params",
    [{"tax_id_data": [{"type": "eu_vat", "value": "x"}]}, {"payment_method": "pm_card_visa"}],
)
def test_a_parameter_without_effect_is_refused_not_ignored(client, params):
    with pytest.raises(stripe.InvalidRequestError, match="not in the sandbox"):
        client.v1.customers.create(params)


def test_an_unknown_parameter_is_an_error_and_a_violation(client, sandbox):
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: nonsense") as caught:
        client.v1.customers.create({"nonsense": "1"})
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "nonsense")
    assert [one.kind for one in sandbox.violations] == ["request"]
    sandbox.violations.clear()


def test_a_missing_object_is_a_404_in_stripes_words(client):
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_x'") as caught:
        client.v1.customers.retrieve("cus_x")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_an_answer_that_breaks_the_schema_is_a_500_and_on_record(client, sandbox, monkeypatch):
    monkeypatch.setattr(customers, "PLAIN", "name email")
    route = next(r for r in customers.ROUTES if r.verb == "post")
    broken = route._replace(does=lambda account, params: {"object": "customer", "id": 7})
    monkeypatch.setattr("sandbox.api.table.ROUTES", (broken,))
    with pytest.raises(stripe.APIError, match="broke its own schema"):
        client.v1.customers.create({"name": "Charlie"}, {"max_network_retries": 0})
    assert [one.kind for one in sandbox.violations] == ["response"]
    sandbox.violations.clear()


def test_a_bug_of_the_sandbox_is_a_500_and_on_record(client, sandbox, monkeypatch):
    route = next(r for r in customers.ROUTES if r.verb == "post")
    broken = route._replace(does=lambda account, params: params["no such thing"])
    monkeypatch.setattr("sandbox.api.table.ROUTES", (broken,))
    with pytest.raises(stripe.APIError, match="itself is broken"):
        client.v1.customers.create({"name": "Charlie"}, {"max_network_retries": 0})
    assert [one.kind for one in sandbox.violations] == ["crash"]
    sandbox.violations.clear()


def test_fifty_at_once_are_served_one_after_another(client):
    payment = make_payment(client)

    def give_back(_):
        return client.v1.refunds.create({"payment_intent": payment.id, "amount": 98}).status

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(give_back, range(50))) == {"succeeded"}
    assert client.v1.charges.retrieve(payment.latest_charge).refunded


def test_invalid_utf8_and_nul_do_no_harm(sandbox):
    answer = requests.post(
        f"{sandbox.url}/v1/customers",
        data=b"name=%ff%fe%00&email=\xff",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        auth=(sandbox.key, ""),
        timeout=10,
    )
    assert answer.status_code in {200, 400}
    sandbox.violations.clear()
