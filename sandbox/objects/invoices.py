"""Invoices: read, paid on demand, voided, given up."""

from __future__ import annotations

from sandbox.account import Account
from sandbox.errors import CardDeclined, InvalidRequest
from sandbox.objects import collecting, fields, payment_methods
from sandbox.objects.lists import Query, cut, slice_of
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/invoices"


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the invoice."""
    return account.get("invoice", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change the words, and whether the sandbox goes on by itself."""
    body = account.get("invoice", identity)
    before = fields.change(body, params, "description footer auto_advance")
    account.save(body)
    if before:
        account.tell("invoice.updated", body, previous=before)
    return body


def lines_of(account: Account, params: Json, identity: str) -> Json:
    """List the lines of an invoice."""
    lines = account.get("invoice", identity)["lines"]["data"]
    return slice_of(lines, params, f"{URL}/{identity}/lines")


def every(account: Account, params: Json) -> Json:
    """List the invoices."""
    query = Query(account, "invoice")
    for name in ("customer", "status"):
        if name in params:
            query.equal(name, params[name])
    if "subscription" in params:
        query.equal("parent.subscription_details.subscription", params["subscription"])
    return cut(query, params, URL)


def finalize(account: Account, _: Json, identity: str) -> Json:
    """Finalise a draft at once, instead of in its hour."""
    return collecting.finalize(account, _in(account, identity, "draft", "finalized"))


def pay(account: Account, params: Json, identity: str) -> Json:
    """Charge an open invoice now, to the card on file or another of the customer's."""
    body = account.get("invoice", identity)
    if body["status"] == "draft":
        collecting.finalize(account, body)
    if body["status"] not in {"open", "uncollectible"}:
        if body["status"] == "paid" and not params and body["amount_due"] == 0:
            return body
        raise InvalidRequest("Invoice is already paid" if body["status"] == "paid" else "Voided")
    method = collecting.card_for(account, body)
    if named := params.get("payment_method"):
        method = payment_methods.usable(account, named)
        if method["customer"] not in {None, body["customer"]}:
            raise InvalidRequest("That card is another customer's.", param="payment_method")
    if method is None:
        raise InvalidRequest(
            "There is no `default_payment_method` set on this Customer or Invoice. Please add a"
            " payment method.",
            code="invoice_no_payment_method_types",
        )
    collecting.attempt(account, body, method)
    intent = collecting.intent_of(account, body)
    if body["status"] != "paid" and intent and (error := intent["last_payment_error"]):
        raise CardDeclined(
            error["message"], code=error["code"], decline_code=error.get("decline_code", "")
        )
    return body


def void(account: Account, _: Json, identity: str) -> Json:
    """Let an open invoice ask for nothing any more."""
    return collecting.void(account, _in(account, identity, "open uncollectible", "voided"))


def mark_uncollectible(account: Account, _: Json, identity: str) -> Json:
    """Give up on an open invoice."""
    body = _in(account, identity, "open", "marked uncollectible")
    return collecting.mark_uncollectible(account, body)


def _in(account: Account, identity: str, states: str, done: str) -> Json:
    body = account.get("invoice", identity)
    if body["status"] not in states.split():
        raise InvalidRequest(f"This invoice cannot be {done}: it is {body['status']}.")
    return body


ROUTES = (
    Route("get", URL, every, f"{PAGING} created customer status subscription"),
    Route("get", f"{URL}/{{invoice}}", retrieve),
    Route("post", f"{URL}/{{invoice}}", update, "metadata description footer auto_advance"),
    Route("get", f"{URL}/{{invoice}}/lines", lines_of, PAGING),
    Route("post", f"{URL}/{{invoice}}/finalize", finalize),
    Route("post", f"{URL}/{{invoice}}/pay", pay, "payment_method off_session"),
    Route("post", f"{URL}/{{invoice}}/void", void),
    Route("post", f"{URL}/{{invoice}}/mark_uncollectible", mark_uncollectible),
)
