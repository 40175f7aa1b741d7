"""What is given back of a paid invoice."""

from __future__ import annotations

import pytest
import stripe

from tests.sandbox.making import invoices_of, join


@pytest.fixture
def invoice(client, sandbox):
    return invoices_of(client, join(client, sandbox).id)[0]


def note(client, invoice, **over):
    return client.v1.credit_notes.create({"invoice": invoice.id, **over})


def test_a_credit_note_may_refund(client, sandbox, invoice):
    made = note(client, invoice, refund_amount=900, reason="order_change", memo="Unused days")
    assert (made.amount, made.status, made.type) == (900, "issued", "post_payment")
    (refund,) = client.v1.refunds.list().data
    assert (refund.amount, made.refunds[0].refund) == (900, refund.id)
    after = client.v1.invoices.retrieve(invoice.id)
    assert (after.status, after.post_payment_credit_notes_amount) == ("paid", 900)
    assert len(sandbox.events("credit_note.created")) == 1
    listed = client.v1.credit_notes.list({"invoice": invoice.id}).data
    assert [one.number for one in listed] == [f"{invoice.number}-CN-01"]
    assert client.v1.credit_notes.retrieve(made.id).memo == "Unused days"


def test_a_credit_is_used_by_the_next_renewal(client, sandbox, invoice):
    note(client, invoice, credit_amount=900)
    sandbox.advance(months=1, hours=2)
    subscription = invoice.parent.subscription_details.subscription
    latest = invoices_of(client, subscription)[-1]
    assert (latest.total, latest.amount_paid, latest.starting_balance) == (4900, 4000, -900)


def test_a_refund_made_already_can_be_noted(client, invoice):
    intent = client.v1.invoice_payments.list({"invoice": invoice.id}).data[0].payment
    refund = client.v1.refunds.create({"payment_intent": intent.payment_intent, "amount": 900})
    made = note(client, invoice, refunds=[{"refund": refund.id}])
    assert made.amount == 900
    assert len(client.v1.refunds.list().data) == 1


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"refund_amount": 4901}, "from 1 to 4900"),
        ({"amount": 900}, "must equal"),
        ({"amount": 900, "refund_amount": 100}, "must equal"),
        ({"lines": [{"type": "custom_line_item"}]}, "not in the sandbox"),
    ],
)
def test_what_cannot_be_credited_says_why(client, invoice, params, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        note(client, invoice, **params)
