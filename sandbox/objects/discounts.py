"""What a coupon takes off a checkout session, line by line."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.objects import coupons, payment_intents, promotion_codes
from sandbox.wire import Json

CANNOT_BE_REDEEMED = "This promotion code cannot be redeemed because"


class NotRedeemable(InvalidRequest):
    """A code or coupon that gives nothing here, or nothing any more."""


class Reduction(NamedTuple):
    """A coupon, and the code it came by, if it came by one."""

    coupon: Json
    code: Json | None = None


def asked_for(account: Account, params: Json) -> Reduction | None:
    """Return what the `discounts` of a new session name; at most one, as at Stripe."""
    given: list[Json] = params.get("discounts") or []
    if given and params.get("allow_promotion_codes"):
        raise InvalidRequest(
            "You may only specify one of these parameters: allow_promotion_codes, discounts.",
            param="allow_promotion_codes",
        )
    if len(given) > 1:
        raise InvalidRequest("You may only apply one discount.", param="discounts")
    if not given:
        return None
    if len(given[0]) != 1:
        raise InvalidRequest(
            "Specify either a coupon or a promotion_code.", param="discounts[0][coupon]"
        )
    if named := given[0].get("coupon"):
        return Reduction(account.get("coupon", named, param="discounts[0][coupon]"))
    where = "discounts[0][promotion_code]"
    return _by_code(account, account.get("promotion_code", given[0]["promotion_code"], param=where))


def typed(account: Account, text: str) -> Reduction:
    """Return what a customer's code gives; raises NotRedeemable when there is none such."""
    code = promotion_codes.typed(account, text)
    if code is None:
        raise NotRedeemable("This code is invalid.", code="promotion_code_invalid")
    return _by_code(account, code)


def apply(account: Account, session: Json, items: list[Json], reduction: Reduction | None) -> None:
    """Set the session's amounts and discount, and its items' amounts; nothing is stored."""
    for item in items:
        item |= {"amount_discount": 0, "amount_total": item["amount_subtotal"]}
    subtotal = sum(item["amount_subtotal"] for item in items)
    session["discounts"] = []
    if reduction:
        require_good(account, session, reduction, subtotal)
        _reduce(account, items, reduction)
        named = {"coupon": reduction.coupon["id"], "promotion_code": None}
        if reduction.code:
            named = {"coupon": None, "promotion_code": reduction.code["id"]}
        session["discounts"] = [named]
    total = sum(item["amount_total"] for item in items)
    if total:
        payment_intents.chargeable(total, session["currency"])
    off = {"amount_discount": subtotal - total, "amount_shipping": 0, "amount_tax": 0}
    session |= {
        "amount_subtotal": subtotal,
        "amount_total": total,
        "total_details": off,
        "payment_status": "unpaid" if total else "no_payment_required",
    }


def of_session(account: Account, session: Json) -> Reduction | None:
    """Return what a session's discount is; raises NotRedeemable when its coupon was deleted."""
    if not session["discounts"]:
        return None
    named = session["discounts"][0]
    if named["promotion_code"]:
        return _by_code(account, account.get("promotion_code", named["promotion_code"]))
    found = account.storage.find(account.id, named["coupon"])
    if found is None:
        raise NotRedeemable("This coupon was deleted.", code="coupon_expired")
    return Reduction(found.body)


def require_good(account: Account, session: Json, reduction: Reduction, subtotal: int) -> None:
    """Raise NotRedeemable when the coupon or the code gives nothing, or not to this customer."""
    coupon, code = reduction
    if not coupon["valid"]:
        raise NotRedeemable(f"Coupon expired: {coupon['id']}", code="coupon_expired")
    if coupon["currency"] not in {None, session["currency"]}:
        raise NotRedeemable(f"The coupon is in {coupon['currency']}, not {session['currency']}.")
    if code is None:
        return
    if not code["active"]:
        raise NotRedeemable("This promotion code has expired.", code="coupon_expired")
    if code["customer"] not in {None, session["customer"]}:
        raise NotRedeemable(f"{CANNOT_BE_REDEEMED} it belongs to another customer.")
    _require_restrictions(account, session, code["restrictions"], subtotal)


def redeemed(account: Account, session: Json) -> None:
    """Count a completed session's coupon and code as used once more."""
    for named in session["discounts"]:
        if named["promotion_code"]:
            promotion_codes.redeemed(account, named["promotion_code"])
        coupons.redeemed(account, _coupon_of(account, named))


def breakdown(account: Account, session: Json) -> Json:
    """Return the `total_details.breakdown` of a session, when it is asked for by `expand`."""
    shown = [
        {
            "amount": session["total_details"]["amount_discount"],
            "discount": _shown(session, named, _coupon_of(account, named)),
        }
        for named in session["discounts"]
    ]
    return {"discounts": shown, "taxes": []}


def _coupon_of(account: Account, named: Json) -> str:
    if named["promotion_code"]:
        code = account.get("promotion_code", named["promotion_code"])
        return str(code["promotion"]["coupon"])
    return str(named["coupon"])


def _by_code(account: Account, code: Json) -> Reduction:
    found = account.storage.find(account.id, code["promotion"]["coupon"])
    if found is None:
        raise NotRedeemable("This promotion code has expired.", code="coupon_expired")
    return Reduction(found.body, code)


def _require_restrictions(account: Account, session: Json, rules: Json, subtotal: int) -> None:
    least, currency = rules["minimum_amount"], rules["minimum_amount_currency"]
    if least is not None and (currency != session["currency"] or subtotal < least):
        raise NotRedeemable(f"{CANNOT_BE_REDEEMED} the order is too small.")
    if rules["first_time_transaction"] and session["customer"]:
        before = account.all("charge", customer=session["customer"], status="succeeded")
        if before:
            raise NotRedeemable(f"{CANNOT_BE_REDEEMED} the customer has paid before.")


def _reduce(account: Account, items: list[Json], reduction: Reduction) -> None:
    coupon = reduction.coupon
    named = (coupons.products_of(account, coupon) or {}).get("products")
    meant = [one for one in items if not named or one["price"]["product"] in named]
    if not meant:
        raise NotRedeemable(f"{CANNOT_BE_REDEEMED} it applies to nothing in this order.")
    for item, off in zip(meant, taken(coupon, [i["amount_subtotal"] for i in meant]), strict=True):
        item |= {"amount_discount": off, "amount_total": item["amount_subtotal"] - off}


def taken(coupon: Json, amounts: list[int]) -> list[int]:
    """Return what a coupon takes off each of these amounts."""
    if coupon["percent_off"] is None:
        return _spread(min(coupon["amount_off"], sum(amounts)), amounts)
    percent = Decimal(str(coupon["percent_off"]))
    return [
        int((Decimal(one) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)) for one in amounts
    ]


def _spread(amount: int, over: list[int]) -> list[int]:
    """Divide the amount in proportion; what rounding leaves goes to the largest remainders."""
    whole = sum(over) or 1
    parts = [amount * one // whole for one in over]
    by_rest = sorted(range(len(over)), key=lambda i: -(amount * over[i] % whole))
    for index in by_rest[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def _shown(session: Json, named: Json, coupon: str) -> Json:
    return {
        "id": f"di_{session['id'][-24:]}",
        "object": "discount",
        "checkout_session": session["id"],
        "customer": session["customer"],
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": named["promotion_code"],
        "source": {"coupon": coupon, "type": "coupon"},
        "start": session["created"],
        "subscription": None,
        "subscription_item": None,
    }
