from tests.sandbox.making import make_payment

A_WEEK = 7 * 86_400 + 1


def test_each_movement_of_money_is_a_transaction(client, sandbox):
    payment = make_payment(client)
    refund = client.v1.refunds.create({"payment_intent": payment.id, "amount": 900})
    sandbox.settle_refund(refund.id, fail=True)
    moves = client.v1.balance_transactions.list().data
    assert [(m.type, m.amount) for m in moves] == [
        ("refund_failure", 900),
        ("refund", -900),
        ("charge", 4900),
    ]
    assert moves[-1].net == 4900 - moves[-1].fee


def test_money_is_available_after_a_week(client, sandbox):
    net = make_payment(client, expand=["latest_charge.balance_transaction"])
    net = net.latest_charge.balance_transaction.net
    before = client.v1.balance.retrieve()
    assert (before.available[0].amount, before.pending[0].amount) == (0, net)
    sandbox.forward(A_WEEK)
    after = client.v1.balance.retrieve()
    assert (after.available[0].amount, after.pending[0].amount) == (net, 0)


def test_currencies_are_counted_apart(client):
    make_payment(client)
    make_payment(client, currency="usd")
    assert [one.currency for one in client.v1.balance.retrieve().pending] == ["ils", "usd"]


def test_an_empty_balance_is_nothing(client):
    assert client.v1.balance.retrieve().available[0].amount == 0


def test_transactions_are_found_by_source_and_kind(client):
    payment = make_payment(client)
    make_payment(client)
    listed = client.v1.balance_transactions.list({"source": payment.latest_charge}).data
    assert [move.id for move in listed] == [
        client.v1.charges.retrieve(payment.latest_charge).balance_transaction
    ]
    assert client.v1.balance_transactions.list({"type": "refund"}).data == []
