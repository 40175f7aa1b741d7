"""The rows of payments: orders, what was paid and given back, and the talk with Stripe."""

from payments.models.accounts import PaymentAccount, StripeCustomer
from payments.models.calls import EventCursor, OutboundCall, StripeEvent
from payments.models.cancelling import CancelledLine, CancelNotice, CancelPolicy
from payments.models.continuing import Stop
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
from payments.models.income import IncomeStep, PaidRun, ReturningIncome
from payments.models.instalments import InstalmentPlan
from payments.models.money import Payment, Refund
from payments.models.moving_in import MoveIn, MoveInRow, RenewHere
from payments.models.nightly import Difference, NightlyCheck
from payments.models.orders import Order, OrderLine
from payments.models.overlaps import Overlap
from payments.models.plans import PlanChange, PriceRise
from payments.models.reports import Report
from payments.models.requests import FindRequest
from payments.models.subscriptions import (
    Bill,
    LeavingReason,
    Subscription,
    SubscriptionTerms,
)
from payments.models.teams import Team, TeamPlace
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
    "IncomeStep",
    "InstalmentPlan",
    "LeavingReason",
    "MoveIn",
    "MoveInRow",
    "NightlyCheck",
    "Order",
    "OrderLine",
    "OtherWay",
    "OutboundCall",
    "Overlap",
    "PaidRun",
    "Payment",
    "PaymentAccount",
    "PlanChange",
    "PriceRise",
    "Refund",
    "RenewHere",
    "Report",
    "ReturningIncome",
    "Stop",
    "StripeCustomer",
    "StripeEvent",
    "Subscription",
    "SubscriptionTerms",
    "Team",
    "TeamPlace",
]
