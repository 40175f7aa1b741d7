import pytest
import requests

from sandbox.testing import ControlFailed, RemoteSandbox
from tests.sandbox.making import make_payment, make_session


def test_another_process_has_the_same_levers(client, sandbox):
    remote = RemoteSandbox(sandbox.url)
    assert remote.pay(make_session(client).id)["payment_status"] == "paid"
    assert len(remote.events("checkout.session.completed")) == 1


def test_levers_work_on_connected_accounts_too(client, sandbox):
    params = {"stripe_account": "acct_alice"}
    price = {"currency": "ils", "unit_amount": 100, "product_data": {"name": "Knots"}}
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": "http://localhost/",
        },
        params,
    )
    paid = sandbox.pay(session.id)
    sandbox.refund(payment_intent=paid["payment_intent"])
    assert {event["account"] for event in sandbox.events()} == {"acct_alice"}


def test_the_calls_so_far_can_be_counted(client, sandbox):
    make_payment(client)
    client.v1.charges.list()
    assert [call["method"] for call in sandbox.calls("/v1/payment_intents")] == ["POST"]


def test_forgetting_keeps_the_endpoint_of_the_command_line(client, sandbox, receiver):
    sandbox.lever("reset", {})
    client.v1.customers.create({"name": "Charlie"})
    sandbox.deliver()
    assert receiver.types == ["customer.created"]


@pytest.mark.parametrize(
    ("lever", "wanted"),
    [
        ("nonsense", {}),
        ("pay", {}),
        ("pay", {"session": "cs_x"}),
        ("clock", {"forward": -1}),
        ("clock", {"forward": 10**12}),
        ("clock", {"forward": "soon"}),
        ("chaos", {"nonsense": 1}),
        ("faults", {"kind": "nonsense"}),
        ("faults", {"nonsense": 1}),
    ],
)
def test_a_lever_pulled_wrongly_says_so(sandbox, lever, wanted):
    with pytest.raises(ControlFailed):
        sandbox.lever(lever, wanted)
    assert sandbox.violations == []


def test_a_card_that_is_no_test_card_does_not_pay(client, sandbox):
    with pytest.raises(ControlFailed, match="not a test card"):
        sandbox.pay(make_session(client).id, "4111111111111111")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_no_website_pulls_a_lever(sandbox, headers):
    answer = requests.post(f"{sandbox.url}/_control/reset", headers=headers, timeout=10)
    assert answer.status_code == 403
