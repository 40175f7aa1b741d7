"""Invoice payments: which payment intent pays which invoice."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.ids import new_id
from sandbox.objects.lists import Query, cut, listed
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/invoice_payments"


def insert(account: Account, invoice: Json, intent: Json) -> Json:
    """Store that the intent is to pay the invoice."""
    body: Json = {
        "id": new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": account.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    return account.insert(body)


def paid(account: Account, invoice: Json) -> None:
    """Note that the money arrived, and tell of it."""
    for body in of_invoice(account, invoice, status="open"):
        body |= {"status": "paid", "amount_paid": body["amount_requested"]}
        body["status_transitions"]["paid_at"] = account.now
        account.save(body)
        account.tell("invoice_payment.paid", body)


def canceled(account: Account, invoice: Json) -> None:
    """Note that the money will not come this way."""
    for body in of_invoice(account, invoice, status="open"):
        body["status"] = "canceled"
        body["status_transitions"]["canceled_at"] = account.now
        account.save(body)


def of_invoice(account: Account, invoice: Json, **equal: str) -> list[Json]:
    """Return the payments of an invoice, newest first."""
    return account.all("invoice_payment", invoice=invoice["id"], **equal)


def included(account: Account, invoice: Json) -> Json:
    """Return the `payments` that an invoice shows when they are asked for by `expand`."""
    return listed(of_invoice(account, invoice), f"{URL}?invoice={invoice['id']}")


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return one invoice payment."""
    return account.get("invoice_payment", identity)


def every(account: Account, params: Json) -> Json:
    """List the invoice payments: of an invoice, or of a payment intent."""
    query = Query(account, "invoice_payment")
    for name in ("invoice", "status"):
        if name in params:
            query.equal(name, params[name])
    if asked := params.get("payment"):
        query.equal("payment.payment_intent", asked.get("payment_intent", ""))
    return cut(query, params, URL)


ROUTES = (
    Route("get", URL, every, f"{PAGING} created invoice payment status"),
    Route("get", f"{URL}/{{invoice_payment}}", retrieve),
)
