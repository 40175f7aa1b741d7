"""A change of what a subscription bills: worked out first, then shown as a preview or made."""

from __future__ import annotations

import copy
from typing import NamedTuple

from sandbox import rhythm
from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.objects import (
    fields,
    invoice_bodies,
    prorations,
    renewals,
    subscription_discounts,
    subscription_items,
    subscription_states,
)
from sandbox.objects.invoice_bodies import Span
from sandbox.wire import Json

PARAMS = "items trial_end billing_cycle_anchor proration_behavior proration_date"
NO_PRORATION = "none"


class Revision(NamedTuple):
    """The subscription as it will be, and the rows this brings, now or on its next invoice."""

    body: Json
    rows: list[Json]
    is_billed_now: bool


def revise(account: Account, body: Json, params: Json) -> Revision:
    """Work out a change; nothing is stored. A discount whose time is over takes off no more."""
    at = _moment(account, body, params)
    behavior = params.get("proration_behavior", "create_prorations")
    changed = copy.deepcopy(body)
    subscription_discounts.settle(account, changed, account.now)
    subscription_states.set_items(changed, _items(account, changed, params.get("items") or []))
    ends = params.get("trial_end")
    if ends == "now" and body["status"] != "trialing":
        ends = None
    if isinstance(ends, int):
        return _moved(account, body, changed, ends, at=at, behavior=behavior)
    if ends == "now" or _is_reset(body, changed, params):
        return _reset(account, body, changed, at=at, behavior=behavior)
    rows = [] if behavior == NO_PRORATION else _differences(account, body, changed, at)
    return Revision(changed, rows, is_billed_now=behavior == "always_invoice" and bool(rows))


def to_items(account: Account, body: Json, items: list[Json], behavior: str) -> Revision:
    """Work out a change to other items, as a schedule makes it; nothing is stored."""
    subscription_items.require_one_rhythm(items)
    start, end = subscription_states.period(body)
    changed = copy.deepcopy(body)
    subscription_discounts.settle(account, changed, account.now)
    subscription_states.set_items(changed, items)
    subscription_states.set_period(changed, start, end)
    if _is_reset(body, changed, {}):
        return _reset(account, body, changed, at=account.now, behavior=behavior)
    rows = [] if behavior == NO_PRORATION else _differences(account, body, changed, account.now)
    return Revision(changed, rows, is_billed_now=behavior == "always_invoice" and bool(rows))


def _moved(
    account: Account, body: Json, changed: Json, ends: int, *, at: int, behavior: str
) -> Revision:
    """The next charge comes at another moment; until then nothing is charged."""
    if ends <= account.now:
        raise InvalidRequest("`trial_end` must be in the future, or `now`.", param="trial_end")
    is_trial = body["status"] == "trialing"
    start = subscription_states.period(body)[0] if is_trial else account.now
    changed |= {
        "status": "trialing",
        "trial_start": body["trial_start"] if is_trial else account.now,
        "trial_end": ends,
        "billing_cycle_anchor": ends,
    }
    subscription_states.set_period(changed, start, ends)
    if is_trial:
        return Revision(changed, [], is_billed_now=False)
    rows = renewals.period_rows(changed)
    if behavior != NO_PRORATION:
        rows = [*prorations.credit(account, body, subscription_states.items(body), at), *rows]
    return Revision(changed, rows, is_billed_now=True)


def _reset(account: Account, body: Json, changed: Json, *, at: int, behavior: str) -> Revision:
    """A whole new period begins, and is charged, at once."""
    now = account.now
    rows = []
    if behavior != NO_PRORATION and body["status"] != "trialing":
        rows = prorations.credit(account, body, subscription_states.items(body), at)
    if changed["status"] == "trialing":
        changed |= {"status": "active", "trial_end": now}
    changed["billing_cycle_anchor"] = now
    recurring = subscription_states.items(changed)[0]["price"]["recurring"]
    end = rhythm.next_after(now, recurring, now)
    subscription_states.set_period(changed, now, end)
    rows = [*rows, *renewals.rows_of(changed, Span(now, end))]
    return Revision(changed, rows, is_billed_now=True)


def _is_reset(body: Json, changed: Json, params: Json) -> bool:
    if (params.get("billing_cycle_anchor") or {}).get("type") == "now":
        return True
    before, after = (subscription_states.items(one)[0]["price"] for one in (body, changed))
    return body["status"] != "trialing" and not rhythm.same(before, after)


def _differences(account: Account, body: Json, changed: Json, at: int) -> list[Json]:
    """Return what changed items give back and cost; nothing during a trial."""
    if body["status"] == "trialing":
        return []
    before = {item["id"]: item for item in subscription_states.items(body)}
    after = {item["id"]: item for item in subscription_states.items(changed)}
    gone = [item for key, item in before.items() if not _is_same(item, after.get(key))]
    come = [item for key, item in after.items() if not _is_same(item, before.get(key))]
    return [
        *prorations.credit(account, body, gone, at),
        *prorations.debit(account, changed, come, at),
    ]


def _is_same(one: Json, other: Json | None) -> bool:
    return other is not None and (one["price"]["id"], one["quantity"]) == (
        other["price"]["id"],
        other["quantity"],
    )


def _items(account: Account, body: Json, wanted: list[Json]) -> list[Json]:
    """Return the items as the params change them."""
    items = {item["id"]: item for item in subscription_states.items(body)}
    start, end = subscription_states.period(body)
    for index, given in enumerate(wanted):
        where = f"items[{index}]"
        fields.only(given, subscription_items.HONOURED, where)
        named = given.get("id")
        if named is None:
            item = subscription_items.new(account, body["id"], given, where)
            item |= {"current_period_start": start, "current_period_end": end}
            items[item["id"]] = item
        elif named not in items:
            raise InvalidRequest(
                f"No such subscription_item: '{named}'",
                code="resource_missing",
                param=f"{where}[id]",
            )
        elif given.get("deleted"):
            del items[named]
        else:
            _change(account, items[named], given, where)
    found = list(items.values())
    subscription_items.require_one_rhythm(found)
    if found[0]["price"]["currency"] != body["currency"]:
        raise InvalidRequest("The price is in another currency.", param="items")
    return found


def _change(account: Account, item: Json, given: Json, where: str) -> None:
    if given.get("price") or given.get("price_data"):
        price = subscription_items.price_of(account, given, where, {item["price"]["id"]})
        item |= {"price": price, "plan": subscription_items.plan(price)}
    item["quantity"] = subscription_items.quantity_of(given, where, item["quantity"])
    item["metadata"] = fields.metadata(given.get("metadata"), item["metadata"])


def _moment(account: Account, body: Json, params: Json) -> int:
    at = int(params.get("proration_date", account.now))
    start, end = subscription_states.period(body)
    if "proration_date" in params and not start <= at <= end:
        raise InvalidRequest(
            "`proration_date` must be inside the current period.", param="proration_date"
        )
    if (params.get("billing_cycle_anchor") or {}).get("timestamp"):
        raise elsewhere("A billing_cycle_anchor at another moment", "billing_cycle_anchor")
    return at


def next_rows(account: Account, changed: Json) -> list[Json]:
    """Return what the period after the current one costs."""
    _, end = subscription_states.period(changed)
    recurring = subscription_states.items(changed)[0]["price"]["recurring"]
    after = rhythm.next_after(changed["billing_cycle_anchor"], recurring, end)
    return [
        invoice_bodies.row(item, Span(end, after)) for item in subscription_states.items(changed)
    ]
