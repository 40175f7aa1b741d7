"""Promotion codes: the words a customer types to get a coupon."""

from __future__ import annotations

import re
from typing import Any

from sandbox.account import Account
from sandbox.errors import InvalidRequest, elsewhere
from sandbox.ids import new_id
from sandbox.objects import coupons, customers, fields
from sandbox.objects.lists import Query, cut
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/promotion_codes"
CODE = re.compile(r"[A-Za-z0-9-]{1,500}", re.ASCII)


def create(account: Account, params: Json) -> Json:
    """Make a code for a coupon that is valid; no two active codes are the same."""
    fields.need(params["promotion"], "coupon")
    coupon = account.get("coupon", params["promotion"]["coupon"], param="promotion[coupon]")
    if not coupon["valid"]:
        raise InvalidRequest("The coupon is no longer valid.", param="promotion[coupon]")
    code = params.get("code") or coupons.random_code()
    customer = params.get("customer")
    if customer:
        customers.alive(account, customer, "customer")
    _require_free(account, code)
    _require_within(account, params, coupon)
    body: Json = {
        "id": new_id("promo"),
        "object": "promotion_code",
        "active": params.get("active", True),
        "code": code,
        "created": account.now,
        "customer": fields.optional(customer),
        "customer_account": None,
        "expires_at": params.get("expires_at"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": fields.metadata(params.get("metadata")),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": _restrictions(params.get("restrictions")),
        "times_redeemed": 0,
    }
    account.insert(body)
    account.tell("promotion_code.created", body)
    if body["expires_at"]:
        account.schedule(body["expires_at"], "promotion_code.expire", body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the code."""
    return account.get("promotion_code", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Switch the code on or off, or change its metadata."""
    body = account.get("promotion_code", identity)
    if params.get("active") and not body["active"]:
        _require_usable_again(account, body)
        _require_free(account, body["code"])
    before = fields.change(body, params, "active")
    if before:
        account.save(body)
        account.tell("promotion_code.updated", body, previous=before)
    return body


def every(account: Account, params: Json) -> Json:
    """List the codes."""
    query = Query(account, "promotion_code")
    for name in ("active", "customer"):
        if name in params:
            query.equal(name, params[name])
    if "code" in params:
        query.add("json_extract(body, '$.code') = ? COLLATE NOCASE", params["code"])
    if "coupon" in params:
        query.equal("promotion.coupon", params["coupon"])
    return cut(query, params, URL)


def typed(account: Account, text: str) -> Json | None:
    """Return the active code that somebody typed, in whatever case."""
    return next(
        (
            one
            for one in account.all("promotion_code", active=True)
            if one["code"].lower() == text.strip().lower()
        ),
        None,
    )


def expire(account: Account, identity: str) -> None:
    """Let the code's day be over."""
    account.save({**account.get("promotion_code", identity), "active": False})


def redeemed(account: Account, identity: str) -> None:
    """Count one use; the last one allowed switches the code off."""
    body = account.get("promotion_code", identity)
    before = {"times_redeemed": body["times_redeemed"]}
    body["times_redeemed"] += 1
    if body["max_redemptions"] and body["times_redeemed"] >= body["max_redemptions"]:
        before["active"], body["active"] = body["active"], False
    account.save(body)
    account.tell("promotion_code.updated", body, previous=before)


def _require_free(account: Account, code: str) -> None:
    if not CODE.fullmatch(code):
        raise InvalidRequest(
            "Promotion codes may only contain letters, digits and dashes.", param="code"
        )
    if typed(account, code):
        raise InvalidRequest(
            f"An active promotion code with `code: {code}` already exists.", param="code"
        )


def _require_within(account: Account, params: Json, coupon: Json) -> None:
    """Raise when the code would outlive or outnumber its coupon."""
    ends, most = params.get("expires_at"), params.get("max_redemptions")
    if ends is not None and ends <= account.now:
        raise InvalidRequest("`expires_at` must be in the future.", param="expires_at")
    if ends and coupon["redeem_by"] and ends > coupon["redeem_by"]:
        raise InvalidRequest(
            "`expires_at` cannot be later than the coupon's `redeem_by`.", param="expires_at"
        )
    if most is not None and most < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="max_redemptions",
        )
    if most and coupon["max_redemptions"] and most > coupon["max_redemptions"]:
        raise InvalidRequest(
            "`max_redemptions` cannot be more than the coupon's.", param="max_redemptions"
        )


def _require_usable_again(account: Account, body: Json) -> None:
    coupon = account.storage.find(account.id, body["promotion"]["coupon"])
    is_over = body["expires_at"] and body["expires_at"] <= account.now
    is_used_up = body["max_redemptions"] and body["times_redeemed"] >= body["max_redemptions"]
    if coupon is None or not coupon.body["valid"] or is_over or is_used_up:
        raise InvalidRequest("This promotion code cannot be made active again.", param="active")


def _restrictions(given: Any) -> Json:
    given = given or {}
    if given.get("currency_options"):
        raise elsewhere("More than one currency", "restrictions[currency_options]")
    least, currency = given.get("minimum_amount"), given.get("minimum_amount_currency")
    if (least is None) != (currency is None):
        raise InvalidRequest(
            "`minimum_amount` and `minimum_amount_currency` belong together.",
            param="restrictions[minimum_amount]",
        )
    return {
        "first_time_transaction": given.get("first_time_transaction", False),
        "minimum_amount": least,
        "minimum_amount_currency": currency,
    }


ROUTES = (
    Route("get", URL, every, f"{PAGING} created active code coupon customer"),
    Route(
        "post",
        URL,
        create,
        "promotion code customer active expires_at max_redemptions metadata restrictions",
    ),
    Route("get", f"{URL}/{{promotion_code}}", retrieve),
    Route("post", f"{URL}/{{promotion_code}}", update, "active metadata"),
)
JOBS = {"promotion_code.expire": expire}
