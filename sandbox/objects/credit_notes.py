"""Credit notes: what is given back of a paid invoice, as a refund or to the customer's credit."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.ids import new_id
from sandbox.objects import collecting, fields, refunds
from sandbox.objects.lists import listed, page
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/credit_notes"
PARTS = ("refund_amount", "credit_amount", "out_of_band_amount")


def create(account: Account, params: Json) -> Json:
    """Credit a paid invoice, in whole or in part; the parts say where the money goes."""
    invoice = account.get("invoice", params["invoice"], param="invoice")
    if invoice["status"] != "paid":
        raise elsewhere(f"A credit note of an invoice that is {invoice['status']}", "invoice")
    linked = _linked(account, params.get("refunds") or [])
    already = sum(one["amount_refunded"] for one in linked)
    amount = _amount(invoice, params, already)
    if given := params.get("refund_amount"):
        linked.append(_refund(account, invoice, given))
    if given := params.get("credit_amount"):
        customer = account.get("customer", invoice["customer"])
        account.save({**customer, "balance": customer.get("balance", 0) - given})
    body = _new(account, invoice, amount, params)
    body["refunds"] = linked
    account.insert(body)
    account.tell("credit_note.created", body)
    invoice["post_payment_credit_notes_amount"] += amount
    account.save(invoice)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the credit note."""
    return account.get("credit_note", identity)


def every(account: Account, params: Json) -> Json:
    """List the credit notes."""
    return page(account, "credit_note", params, URL, "customer invoice")


def _amount(invoice: Json, params: Json, already: int) -> int:
    parts = already + sum(params.get(name, 0) for name in PARTS)
    amount = int(params.get("amount", parts))
    left = invoice["amount_paid"] - invoice["post_payment_credit_notes_amount"]
    if not 0 < amount <= left:
        raise InvalidRequest(
            f"The credit note's amount must be from 1 to {left}, what is left of the invoice.",
            param="amount",
        )
    if parts != amount:
        raise InvalidRequest(
            "The sum of refund_amount, credit_amount, out_of_band_amount and refunds must equal"
            f" the amount of the credit note, {amount}.",
            param="amount",
        )
    return amount


def _linked(account: Account, given: list[Json]) -> list[Json]:
    found = []
    for index, one in enumerate(given):
        where = f"refunds[{index}]"
        fields.only(one, "refund amount_refunded", where)
        fields.need(one, "refund")
        refund = account.get("refund", one["refund"], param=f"{where}[refund]")
        found.append(_shown(refund["id"], int(one.get("amount_refunded") or refund["amount"])))
    return found


def _refund(account: Account, invoice: Json, amount: int) -> Json:
    intent = collecting.intent_of(account, invoice)
    if intent is None:
        raise InvalidRequest("Nothing was paid for this invoice.", param="refund_amount")
    made = refunds.create(account, {"payment_intent": intent["id"], "amount": amount})
    return _shown(made["id"], amount)


def _shown(refund: str, amount: int) -> Json:
    return {
        "amount_refunded": amount,
        "payment_record_refund": None,
        "refund": refund,
        "type": "refund",
    }


def _new(account: Account, invoice: Json, amount: int, params: Json) -> Json:
    identity = new_id("cn")
    count = len(account.all("credit_note", invoice=invoice["id"])) + 1
    return {
        "id": identity,
        "object": "credit_note",
        "amount": amount,
        "amount_shipping": 0,
        "created": account.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": account.now,
        "invoice": invoice["id"],
        "lines": listed([], f"{URL}/{identity}/lines"),
        "livemode": False,
        "memo": fields.optional(params.get("memo")),
        "metadata": fields.metadata(params.get("metadata")),
        "number": f"{invoice['number']}-CN-{count:02}",
        "out_of_band_amount": params.get("out_of_band_amount"),
        "pdf": f"{account.world.url}/i/{invoice['id']}?as=pdf",
        "post_payment_amount": amount,
        "pre_payment_amount": 0,
        "pretax_credit_amounts": [],
        "reason": params.get("reason"),
        "shipping_cost": None,
        "status": "issued",
        "subtotal": amount,
        "subtotal_excluding_tax": amount,
        "total": amount,
        "total_excluding_tax": amount,
        "total_taxes": [],
        "type": "post_payment",
        "voided_at": None,
    }


ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer invoice"),
    Route(
        "post",
        URL,
        create,
        f"invoice amount {' '.join(PARTS)} refunds reason memo metadata",
    ),
    Route("get", f"{URL}/{{id}}", retrieve),
)
