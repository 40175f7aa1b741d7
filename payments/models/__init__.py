"""The rows of payments: orders, what was paid and given back, and the talk with Stripe."""

from payments.models.accounts import PaymentAccount, StripeCustomer
from payments.models.calls import EventCursor, OutboundCall, StripeEvent
from payments.models.cancelling import CancelledLine, CancelNotice, CancelPolicy
from payments.models.coupons import Coupon, CouponProduct, CouponRedemption
from payments.models.disputes import Decision, Dispute
from payments.models.documents import (
    Bookkeeping,
    Document,
    DocumentChangedError,
    DocumentCounter,
    DocumentDue,
    DocumentFile,
    HookDelivery,
)
from payments.models.extras import Extra
from payments.models.gifts import Gift
from payments.models.instalments import InstalmentPlan
from payments.models.money import Payment, Refund
from payments.models.nightly import Difference, NightlyCheck
from payments.models.orders import Order, OrderLine
from payments.models.plans import PlanChange, PriceRise
from payments.models.reports import Report
from payments.models.requests import FindRequest
from payments.models.subscriptions import (
    Bill,
    LeavingReason,
    Subscription,
    SubscriptionTerms,
)
from payments.models.ways import OtherWay

__all__ = [
    "Bill",
    "Bookkeeping",
    "CancelNotice",
    "CancelPolicy",
    "CancelledLine",
    "Coupon",
    "CouponProduct",
    "CouponRedemption",
    "Decision",
    "Difference",
    "Dispute",
    "Document",
    "DocumentChangedError",
    "DocumentCounter",
    "DocumentDue",
    "DocumentFile",
    "EventCursor",
    "Extra",
    "FindRequest",
    "Gift",
    "HookDelivery",
    "InstalmentPlan",
    "LeavingReason",
    "NightlyCheck",
    "Order",
    "OrderLine",
    "OtherWay",
    "OutboundCall",
    "Payment",
    "PaymentAccount",
    "PlanChange",
    "PriceRise",
    "Refund",
    "Report",
    "StripeCustomer",
    "StripeEvent",
    "Subscription",
    "SubscriptionTerms",
]
