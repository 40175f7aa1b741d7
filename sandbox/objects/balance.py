"""The balance: one transaction for each movement of money."""

from __future__ import annotations

from collections import Counter

from sandbox.account import Account
from sandbox.ids import new_id
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/balance_transactions"
WEEK = 7 * 86_400
HOME_CURRENCY = "usd"


def record(account: Account, kind: str, source: Json, amount: int, *, fee: int = 0) -> Json:
    """Store a movement of `amount` minor units, of which Stripe keeps `fee`."""
    now = account.now
    is_charge = kind == "charge"
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Stripe processing fees" if is_charge else "Dispute fee",
            "type": "stripe_fee",
        }
    ]
    body: Json = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + WEEK if is_charge else now,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": _category(kind, amount),
        "source": source["id"],
        "status": "pending" if is_charge else "available",
        "type": kind,
    }
    account.insert(body)
    if is_charge:
        account.schedule(body["available_on"], "balance.available", body)
    return body


def become_available(account: Account, identity: str) -> None:
    """Make the money of a charge available."""
    account.save({**account.get("balance_transaction", identity), "status": "available"})


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return one transaction."""
    return account.get("balance_transaction", identity)


def every(account: Account, params: Json) -> Json:
    """List the transactions."""
    query = Query(account, "balance_transaction")
    for name in ("currency", "source", "type"):
        if name in params:
            query.equal(name, params[name])
    return cut(query, params, URL)


def total(account: Account, _: Json) -> Json:
    """Return the sums, by currency, of what is available and what is not yet."""
    sums: dict[str, Counter[str]] = {"available": Counter(), "pending": Counter()}
    for one in account.all("balance_transaction"):
        sums[one["status"]][one["currency"]] += one["net"]
        other = "pending" if one["status"] == "available" else "available"
        sums[other][one["currency"]] += 0
    return {
        "object": "balance",
        "livemode": False,
        **{name: _shown(counted) for name, counted in sums.items()},
    }


def _category(kind: str, amount: int) -> str:
    if kind == "adjustment":
        return "dispute" if amount < 0 else "dispute_reversal"
    return kind


def _shown(counted: Counter[str]) -> list[Json]:
    amounts = dict(counted) or {HOME_CURRENCY: 0}
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(amounts.items())
    ]


JOBS = {"balance.available": become_available}
ROUTES = (
    Route("get", "/v1/balance", total),
    Route("get", URL, every, f"{PAGING} created currency source type"),
    Route("get", f"{URL}/{{id}}", retrieve),
)
