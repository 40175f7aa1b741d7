"""Coupons: a share or an amount off, until a date or so many times."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.objects import fields
from sandbox.objects.lists import page
from sandbox.objects.prices import currency
from sandbox.routing import PAGING, Route
from sandbox.wire import Json

URL = "/v1/coupons"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LONGEST_NAME = 40
EVERYTHING = 100


def create(account: Account, params: Json) -> Json:
    """Make a coupon, under the id given, if one is."""
    identity = params.get("id") or random_code()
    if account.storage.find(account.id, identity):
        raise InvalidRequest("Coupon already exists.", code="resource_already_exists", param="id")
    _require_one_kind(params)
    _require_sensible(account, params)
    amount = params.get("amount_off")
    products = _products(account, params.get("applies_to"))
    body: Json = {
        "id": identity,
        "object": "coupon",
        "amount_off": amount,
        "created": account.now,
        "currency": currency(params) if amount else None,
        "duration": params.get("duration", "once"),
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": {},
        "name": None,
        "percent_off": params.get("percent_off"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    fields.change(body, params, "name")
    account.insert(body, products=products)
    account.tell("coupon.created", body)
    if body["redeem_by"]:
        account.schedule(body["redeem_by"], "coupon.expire", body)
    return body


def retrieve(account: Account, _: Json, identity: str) -> Json:
    """Return the coupon."""
    return account.get("coupon", identity)


def update(account: Account, params: Json, identity: str) -> Json:
    """Change the name and the metadata: never what it takes off."""
    body = account.get("coupon", identity)
    _require_short(params)
    before = fields.change(body, params, "name")
    if before:
        account.save(body)
        account.tell("coupon.updated", body, previous=before)
    return body


def delete(account: Account, _: Json, identity: str) -> Json:
    """Forget the coupon; what was bought with it stays as it is."""
    body = account.get("coupon", identity)
    for code in account.all("promotion_code", active=True):
        if code["promotion"]["coupon"] == identity:
            account.save({**code, "active": False})
    account.storage.run("DELETE FROM objects WHERE account = ? AND id = ?", account.id, identity)
    account.tell("coupon.deleted", body)
    return {"id": identity, "object": "coupon", "deleted": True}


def every(account: Account, params: Json) -> Json:
    """List the coupons."""
    return page(account, "coupon", params, URL)


def products_of(account: Account, body: Json) -> Json | None:
    """Return the `applies_to` that a coupon shows when it is asked for by `expand`."""
    products = account.private(body).get("products")
    return {"products": products} if products else None


def expire(account: Account, identity: str) -> None:
    """Let the coupon's day be over."""
    if account.storage.find(account.id, identity):
        account.save({**account.get("coupon", identity), "valid": False})


def redeemed(account: Account, identity: str) -> None:
    """Count one use; the last one allowed ends the coupon."""
    if not account.storage.find(account.id, identity):
        return
    body = account.get("coupon", identity)
    before = {"times_redeemed": body["times_redeemed"]}
    body["times_redeemed"] += 1
    if body["max_redemptions"] and body["times_redeemed"] >= body["max_redemptions"]:
        body["valid"] = False
    account.save(body)
    account.tell("coupon.updated", body, previous=before)


def random_code() -> str:
    """Return eight letters and digits that cannot be misread."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def _require_one_kind(params: Json) -> None:
    kinds = [name for name in ("percent_off", "amount_off") if params.get(name) is not None]
    if len(kinds) != 1:
        raise InvalidRequest("You must specify either `percent_off` or `amount_off`, not both.")
    if kinds == ["percent_off"] and not 0 < params["percent_off"] <= EVERYTHING:
        raise InvalidRequest(
            "Percent off must be greater than 0 and at most 100.", param="percent_off"
        )
    if kinds == ["amount_off"]:
        _require_positive(params, "amount_off")
        fields.need(params, "currency")


def _require_sensible(account: Account, params: Json) -> None:
    _require_short(params)
    _require_positive(params, "max_redemptions")
    _require_positive(params, "duration_in_months")
    if (params.get("duration") == "repeating") != ("duration_in_months" in params):
        raise InvalidRequest(
            "`duration_in_months` belongs to a `duration` of `repeating`, and only to it.",
            param="duration_in_months",
        )
    if params.get("redeem_by", account.now + 1) <= account.now:
        raise InvalidRequest("`redeem_by` must be in the future.", param="redeem_by")


def _require_positive(params: Json, name: str) -> None:
    if params.get(name, 1) < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=name,
        )


def _require_short(params: Json) -> None:
    if len(params.get("name") or "") > LONGEST_NAME:
        raise InvalidRequest(
            f"Invalid string: must be at most {LONGEST_NAME} characters", param="name"
        )


def _products(account: Account, given: Any) -> list[str]:
    named: list[str] = (given or {}).get("products", [])
    return [str(account.get("product", one, param="applies_to")["id"]) for one in named]


SET = "name metadata"
ROUTES = (
    Route("get", URL, every, f"{PAGING} created"),
    Route(
        "post",
        URL,
        create,
        f"{SET} id amount_off percent_off currency duration duration_in_months max_redemptions"
        " redeem_by applies_to",
    ),
    Route("get", f"{URL}/{{coupon}}", retrieve),
    Route("post", f"{URL}/{{coupon}}", update, SET),
    Route("delete", f"{URL}/{{coupon}}", delete),
)
JOBS = {"coupon.expire": expire}
