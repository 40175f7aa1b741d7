"""How a new checkout session looks, before anything is sold."""

from __future__ import annotations

from typing import Any

from sandbox.account import Account
from sandbox.errors import InvalidRequest
from sandbox.ids import new_id
from sandbox.objects import fields
from sandbox.wire import Json

HALF_AN_HOUR = 30 * 60
A_DAY = 24 * 3600
NOTHING = """
    adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types
    amount_subtotal amount_total billing_address_collection client_secret collected_information
    consent consent_collection currency_conversion customer customer_account customer_details
    integration_identifier invoice invoice_creation managed_payments origin_context payment_intent
    payment_link payment_method_configuration_details permissions recovered_from
    saved_payment_method_options setup_intent shipping_address_collection shipping_cost
    subscription total_details wallet_options
"""
TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
NO_INVOICE = {
    "enabled": False,
    "invoice_data": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": None,
        "metadata": {},
        "rendering_options": None,
    },
}


def new(account: Account, params: Json, currency: str) -> Json:
    """Return an open session without amounts."""
    identity = new_id("cs_test")
    now = account.now
    usual = "always" if params["mode"] == "subscription" else "if_required"
    creation = None if params.get("customer") else params.get("customer_creation", usual)
    is_payment = params["mode"] == "payment"
    return {
        **dict.fromkeys(NOTHING.split()),
        "id": identity,
        "object": "checkout.session",
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": fields.optional(params.get("cancel_url")),
        "client_reference_id": fields.optional(params.get("client_reference_id")),
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(TEXTS),
        "customer_creation": creation,
        "customer_email": fields.optional(params.get("customer_email")),
        "discounts": [],
        "expires_at": expires_at(now, params.get("expires_at")),
        "invoice_creation": NO_INVOICE if is_payment else None,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": fields.metadata(params.get("metadata")),
        "mode": params["mode"],
        "payment_method_collection": "if_required"
        if is_payment
        else params.get("payment_method_collection", "always"),
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "ui_mode": "hosted_page",
        "url": f"{account.world.url}/c/pay/{identity}",
    }


def expires_at(now: int, wanted: Any) -> int:
    """Return when the page closes, by the sandbox's clock: in a day, or as asked for."""
    if wanted is None:
        return now + A_DAY
    if wanted < now + HALF_AN_HOUR:
        raise InvalidRequest(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session"
            " creation.",
            param="expires_at",
        )
    if wanted > now + A_DAY:
        raise InvalidRequest(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return int(wanted)


def details(customer: Json | None, email: str | None) -> Json | None:
    """Return what is known of who pays, if anything is."""
    if customer is None and email is None:
        return None
    known = customer or {"email": email}
    return {
        "address": known.get("address"),
        "business_name": None,
        "email": known["email"],
        "individual_name": None,
        "name": known.get("name"),
        "phone": known.get("phone"),
        "tax_exempt": "none",
        "tax_ids": None,
    }
