"""Which of Stripe's operations and resources the schema describes: what Sevenfold will ever use."""

from __future__ import annotations

import re
from typing import NamedTuple

OPERATIONS = """
get,post /v1/checkout/sessions
get,post /v1/checkout/sessions/{}
post /v1/checkout/sessions/{}/expire
get /v1/checkout/sessions/{}/line_items
get,post /v1/customers
get,post,delete /v1/customers/{}
get /v1/customers/{}/payment_methods
delete /v1/customers/{}/discount
get,post /v1/products
get,post,delete /v1/products/{}
get,post /v1/prices
get,post /v1/prices/{}
get,post /v1/coupons
get,post,delete /v1/coupons/{}
get,post /v1/promotion_codes
get,post /v1/promotion_codes/{}
get,post /v1/subscriptions
get,post,delete /v1/subscriptions/{}
post /v1/subscriptions/{}/pause
post /v1/subscriptions/{}/resume
delete /v1/subscriptions/{}/discount
get,post /v1/subscription_items
get,post,delete /v1/subscription_items/{}
get,post /v1/subscription_schedules
get,post /v1/subscription_schedules/{}
post /v1/subscription_schedules/{}/cancel
post /v1/subscription_schedules/{}/release
get,post /v1/invoices
get,post,delete /v1/invoices/{}
post /v1/invoices/{}/finalize
post /v1/invoices/{}/pay
post /v1/invoices/{}/void
post /v1/invoices/{}/mark_uncollectible
post /v1/invoices/{}/send
get /v1/invoices/{}/lines
post /v1/invoices/create_preview
get,post /v1/invoiceitems
get,post,delete /v1/invoiceitems/{}
get /v1/invoice_payments
get /v1/invoice_payments/{}
get,post /v1/credit_notes
get /v1/credit_notes/{}
get,post /v1/payment_intents
get,post /v1/payment_intents/{}
post /v1/payment_intents/{}/confirm
post /v1/payment_intents/{}/cancel
post /v1/payment_intents/{}/capture
get,post /v1/setup_intents
get,post /v1/setup_intents/{}
post /v1/setup_intents/{}/confirm
post /v1/setup_intents/{}/cancel
get,post /v1/payment_methods
get,post /v1/payment_methods/{}
post /v1/payment_methods/{}/attach
post /v1/payment_methods/{}/detach
get,post /v1/refunds
get,post /v1/refunds/{}
post /v1/refunds/{}/cancel
get /v1/charges
get,post /v1/charges/{}
get /v1/disputes
get,post /v1/disputes/{}
post /v1/disputes/{}/close
post /v1/billing_portal/sessions
get,post /v1/billing_portal/configurations
get,post /v1/billing_portal/configurations/{}
get,post /v1/accounts
get,post,delete /v1/accounts/{}
post /v1/account_links
post /v1/account_sessions
post /v1/accounts/{}/login_links
get /v1/accounts/{}/capabilities
get,post /v1/transfers
get /v1/transfers/{}
get,post /v1/transfers/{}/reversals
get /v1/application_fees
get /v1/application_fees/{}
get,post /v1/application_fees/{}/refunds
get /v1/balance
get /v1/balance_transactions
get /v1/balance_transactions/{}
get /v1/payouts
get /v1/payouts/{}
get /v1/events
get /v1/events/{}
get,post /v1/webhook_endpoints
get,post,delete /v1/webhook_endpoints/{}
get,post /v1/test_helpers/test_clocks
get,delete /v1/test_helpers/test_clocks/{}
post /v1/test_helpers/test_clocks/{}/advance
get,post /v2/core/accounts
get,post /v2/core/accounts/{}
post /v2/core/accounts/{}/close
post /v2/core/account_links
"""

RESOURCES = """
    account account_link account_session application_fee balance balance_transaction
    billing_portal.configuration billing_portal.session capability charge checkout.session coupon
    credit_note customer discount dispute event fee_refund invoice invoice_payment invoiceitem
    line_item item login_link mandate payment_intent payment_method payout price product
    promotion_code refund setup_intent subscription subscription_item subscription_schedule
    test_helpers.test_clock transfer transfer_reversal v2.core.account v2.core.account_link
    webhook_endpoint
"""

# The SDK has one class for a resource and its deleted shadow; Stripe's answers differ.
DELETABLE = (
    "account",
    "coupon",
    "customer",
    "discount",
    "invoice",
    "invoiceitem",
    "product",
    "subscription_item",
    "test_helpers.test_clock",
    "webhook_endpoint",
)
# Reading one of these after it was deleted, or expanding it, gives its shadow and not a 404.
REMEMBERED = ("customer",)


class Operation(NamedTuple):
    """One verb on one path, its parameters nameless: `get /v1/charges/{}`."""

    verb: str
    path: str


def nameless(path: str) -> str:
    """Return the path with `{charge}` and the like as `{}`."""
    return re.sub(r"\{\w*\}", "{}", path)


def wanted_operations() -> set[Operation]:
    """Return every operation of the table above."""
    lines = (line.split() for line in OPERATIONS.split("\n") if line)
    return {Operation(verb, path) for verbs, path in lines for verb in verbs.split(",")}
