"""What a change in the middle of a period gives back, and what it costs."""

from __future__ import annotations

from sandbox import rhythm
from sandbox.account import Account
from sandbox.objects import invoice_bodies, subscription_discounts, subscription_states
from sandbox.objects.invoice_bodies import Span
from sandbox.wire import Json


def credit(account: Account, body: Json, items: list[Json], at: int) -> list[Json]:
    """Return rows that give back the unused time of items."""
    return [_row(account, item, -_worth(account, body, item, at), at) for item in items]


def debit(account: Account, body: Json, items: list[Json], at: int) -> list[Json]:
    """Return rows that charge items for the rest of the period."""
    return [_row(account, item, _listed(account, body, item), at) for item in items]


def _row(account: Account, item: Json, whole: int, at: int) -> Json:
    start, end = item["current_period_start"], item["current_period_end"]
    at = min(max(at, start), end)
    which = "Unused" if whole < 0 else "Remaining"
    name = invoice_bodies.name_of(account, item["price"])
    words = f"{which} time on {item['quantity']} × {name}"
    amount = rhythm.share(whole, end - at, end - start)
    return invoice_bodies.row(item, Span(at, end), amount=amount, words=words, is_proration=True)


def _worth(account: Account, body: Json, item: Json, at: int) -> int:
    """Return what the item's whole period was billed at, its discount taken off."""
    found = account.all("invoice", **{"parent.subscription_details.subscription": body["id"]})
    for invoice in found:
        for line in invoice["lines"]["data"]:
            if _is_of(line, item, at):
                off = sum(one["amount"] for one in line["discount_amounts"])
                return int(line["amount"] - off)
    return _listed(account, body, item)


def _is_of(line: Json, item: Json, at: int) -> bool:
    details = line["parent"]["subscription_item_details"] or {}
    return (
        details.get("subscription_item") == item["id"]
        and not details["proration"]
        and line["pricing"]["price_details"]["price"] == item["price"]["id"]
        and line["quantity"] == item["quantity"]
        and line["period"]["start"] <= at <= line["period"]["end"]
    )


def _listed(account: Account, body: Json, item: Json) -> int:
    """Return what the item's whole period costs now, its discount taken off."""
    start, end = subscription_states.period(body)
    row = invoice_bodies.row(item, Span(start, end))
    (off,) = subscription_discounts.take(account, body, [row])
    return int(row["amount"] - sum(off.values()))
