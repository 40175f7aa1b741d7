"""How invoices and their lines look; a row is what a line is made from."""

from __future__ import annotations

from typing import NamedTuple

from sandbox import money
from sandbox.account import Account
from sandbox.ids import new_id
from sandbox.objects import subscription_discounts, subscription_states
from sandbox.objects.lists import listed
from sandbox.wire import Json

NOTHING = """
    account_country account_tax_ids amount_paid_off_stripe application automatically_finalizes_at
    custom_fields customer_account customer_address customer_phone customer_shipping
    default_payment_method default_source description due_date effective_at ending_balance footer
    from_invoice hosted_invoice_url invoice_pdf last_finalization_error latest_revision
    next_payment_attempt number on_behalf_of receipt_number rendering shipping_cost
    shipping_details statement_descriptor test_clock threshold_reason webhooks_delivered_at
"""
NO_TIMES = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")


class Span(NamedTuple):
    """From when until when a line is for."""

    start: int
    end: int


def row(
    item: Json,
    span: Span,
    *,
    amount: int | None = None,
    words: str = "",
    is_proration: bool = False,
) -> Json:
    """Return a row for an item of a subscription: what it costs, or a given amount."""
    price, quantity = item["price"], item["quantity"]
    return {
        "amount": price["unit_amount"] * quantity if amount is None else amount,
        "words": words,
        "price": price,
        "quantity": quantity,
        "span": span,
        "item": item["id"],
        "invoice_item": None,
        "is_proration": is_proration,
        "discountable": not is_proration,
    }


def once_row(line: Json, now: int) -> Json:
    """Return a row for what a checkout session sells once, along with the subscription."""
    return {
        "amount": line["price"]["unit_amount"] * line["quantity"],
        "words": line["description"],
        "price": line["price"],
        "quantity": line["quantity"],
        "span": Span(now, now),
        "item": None,
        "invoice_item": new_id("ii"),
        "is_proration": False,
        "discountable": True,
    }


def new(account: Account, subscription: Json, rows: list[Json], reason: str) -> Json:
    """Return a draft of these rows with the subscription's discounts; nothing is stored."""
    identity = new_id("in")
    customer = account.get("customer", subscription["customer"])
    taken = subscription_discounts.take(account, subscription, rows)
    lines = [
        _line(account, identity, subscription, one, off)
        for one, off in zip(rows, taken, strict=True)
    ]
    start, end = _period(account, subscription, reason)
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal - sum(sum(off.values()) for off in taken)
    return {
        **dict.fromkeys(NOTHING.split()),
        "id": identity,
        "object": "invoice",
        "account_name": "Pretend",
        "amount_due": max(0, total),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": max(0, total),
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": account.now,
        "currency": subscription["currency"],
        "customer": customer["id"],
        "customer_email": customer.get("email"),
        "customer_name": customer.get("name"),
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": _named(taken),
        "issuer": {"type": "self"},
        "lines": listed(lines, f"/v1/invoices/{identity}/lines"),
        "livemode": False,
        "metadata": {},
        "parent": {
            "quote_details": None,
            "subscription_details": {
                "metadata": subscription["metadata"],
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": end,
        "period_start": start,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": customer.get("balance", 0),
        "status": "draft",
        "status_transitions": dict.fromkeys(NO_TIMES),
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_discount_amounts": [
            {"amount": sum(off.get(name, 0) for off in taken), "discount": name}
            for name in _named(taken)
        ],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }


def subscription_of(invoice: Json) -> str:
    """Return the id of the subscription that an invoice is for."""
    return str(invoice["parent"]["subscription_details"]["subscription"])


def _period(account: Account, subscription: Json, reason: str) -> Span:
    """An invoice's own period looks back: it ends when the new one begins."""
    start, _ = subscription_states.period(subscription)
    return Span(start, start) if reason == "subscription_create" else Span(start, account.now)


def _named(taken: list[Json]) -> list[str]:
    return list(dict.fromkeys(name for off in taken for name, much in off.items() if much))


def _line(account: Account, invoice: str, subscription: Json, one: Json, off: Json) -> Json:
    item, proration = one["item"], one["is_proration"]
    details = {
        "invoice_item": one["invoice_item"],
        "proration": proration,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
    }
    kind = "subscription_item_details" if item else "invoice_item_details"
    parent: Json = {"invoice_item_details": None, "subscription_item_details": None, "type": kind}
    parent[kind] = {**details, "subscription_item": item} if item else details
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": one["amount"],
        "currency": subscription["currency"],
        "description": one["words"] or _words(account, one),
        "discount_amounts": [
            {"amount": much, "discount": name} for name, much in off.items() if much
        ],
        "discountable": one["discountable"],
        "discounts": [name for name, much in off.items() if much],
        "invoice": invoice,
        "livemode": False,
        "metadata": subscription["metadata"] if item else {},
        "parent": parent,
        "period": {"end": one["span"][1], "start": one["span"][0]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": one["price"]["id"], "product": one["price"]["product"]},
            "type": "price_details",
            "unit_amount_decimal": one["price"]["unit_amount_decimal"],
        },
        "quantity": one["quantity"],
        "quantity_decimal": str(one["quantity"]),
        "subscription": subscription["id"] if item else None,
        "subtotal": one["amount"],
        "taxes": [],
    }


def _words(account: Account, one: Json) -> str:
    price = one["price"]
    name = name_of(account, price)
    each = money.shown(price["unit_amount"], price["currency"])
    every = price["recurring"]["interval_count"]
    rhythm = price["recurring"]["interval"] if every == 1 else f"{every} {_plural(price)}"
    return f"{one['quantity']} × {name} (at {each} / {rhythm})"


def name_of(account: Account, price: Json) -> str:
    """Return what a price is for."""
    found = account.storage.find(account.id, price["product"])
    return str(found.body["name"]) if found else price["product"]


def _plural(price: Json) -> str:
    return f"{price['recurring']['interval']}s"
