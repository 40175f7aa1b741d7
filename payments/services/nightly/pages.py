"""Stripe's own lists, a page at a time: charges, refunds, disputes, movements, subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from payments.contract import SubscriptionFacts
from payments.services.stripe_api import _asking, _id, _options, _plain
from payments.services.stripe_subscriptions import CARD, subscription_facts

SIZE = 100


@dataclass(frozen=True)
class Theirs:
    """One object of Stripe's as the check compares it; amounts in minor units."""

    id: str
    status: str
    amount: int
    currency: str
    created: int
    """When; of a subscription the beginning of its period, since when it may have changed."""
    payment_intent: str = ""
    charge: str = ""
    order: str = ""
    """Our order's public id, where its metadata names one: only then is unknown money ours."""
    kind: str = ""
    source: str = ""
    is_exchanged: bool = False
    returning: SubscriptionFacts | None = None
    """The whole of it, where it is a subscription."""


@dataclass(frozen=True)
class Page:
    """Some objects, and after which one the next page begins; empty when this was the last."""

    rows: Sequence[Theirs]
    cursor: str


def page(part: str, account: str, cursor: str) -> Page:
    """Return the page of one of Stripe's lists that begins after ``cursor``."""
    ask: dict[str, Any] = {"limit": SIZE}
    if cursor:
        ask["starting_after"] = cursor
    with _asking() as client:
        if part == "subscriptions":
            ask["expand"] = [f"data.{each}" for each in CARD]
        lists: dict[str, Callable[..., Any]] = {
            "subscriptions": client.v1.subscriptions.list,
            "charges": client.v1.charges.list,
            "refunds": client.v1.refunds.list,
            "disputes": client.v1.disputes.list,
            "movements": client.v1.balance_transactions.list,
        }
        found = lists[part](ask, _options(account))
        rows = [_row(_plain(each)) for each in found.data]
        return Page(rows, rows[-1].id if rows and found.has_more else "")


def charges_of(account: str, payment_intent: str) -> list[Theirs]:
    """Return the charges of one payment intent."""
    with _asking() as client:
        found = client.v1.charges.list(
            {"payment_intent": payment_intent, "limit": SIZE},
            _options(account),  # type: ignore[arg-type]  # options are built as a plain dict
        )
        return [_row(_plain(each)) for each in found.data]


def one(part: str, account: str, identity: str) -> Theirs:
    """Return one refund, dispute or movement; NotOurs when Stripe has none."""
    with _asking() as client:
        kinds: dict[str, Any] = {
            "refunds": client.v1.refunds,
            "disputes": client.v1.disputes,
            "movements": client.v1.balance_transactions,
            "subscriptions": client.v1.subscriptions,
        }
        return _row(_plain(kinds[part].retrieve(identity, None, _options(account))))


def _row(plain: dict[str, Any]) -> Theirs:
    returning = subscription_facts(plain) if plain.get("object") == "subscription" else None
    return Theirs(
        id=plain["id"],
        status=plain.get("status") or "",
        amount=plain.get("amount") or 0,
        currency=(plain.get("currency") or "").upper(),
        created=int(returning.period_start.timestamp()) if returning else plain.get("created") or 0,
        payment_intent=_id(plain.get("payment_intent")),
        charge=_id(plain.get("charge")),
        order=(plain.get("metadata") or {}).get("order", ""),
        kind=plain.get("type") or "",
        source=_id(plain.get("source")) if plain.get("object") == "balance_transaction" else "",
        is_exchanged=bool(plain.get("exchange_rate")),
        returning=returning,
    )
