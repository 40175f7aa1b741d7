"""Orders in the store's admin: what was bought, what was paid, and giving money back."""

from payments.admin import first
from payments.admin.bookkeeping import BookkeepingAdmin, HookDeliveryAdmin
from payments.admin.cancel_policy import PolicyAdmin
from payments.admin.cancelling import NoticeAdmin
from payments.admin.coupons import CouponAdmin
from payments.admin.differences import DifferenceAdmin
from payments.admin.disputes import DisputeAdmin
from payments.admin.documents import DocumentAdmin
from payments.admin.extras import ExtraAdmin
from payments.admin.finding import FindRequestAdmin
from payments.admin.gifts import GiftAdmin
from payments.admin.income import ReturningIncomeAdmin
from payments.admin.instalments import InstalmentPlanAdmin
from payments.admin.moving_in import MoveInAdmin
from payments.admin.operator import CallAdmin, EventAdmin
from payments.admin.orders import OrderAdmin
from payments.admin.reports import ReportAdmin
from payments.admin.rises import PriceRiseAdmin
from payments.admin.subscriptions import SubscriptionAdmin
from payments.admin.teams import TeamAdmin
from payments.admin.terms import TermsAdmin
from payments.admin.unpaid import BillAdmin
from payments.admin.ways import OtherWayAdmin

__all__ = [
    "BillAdmin",
    "BookkeepingAdmin",
    "CallAdmin",
    "CouponAdmin",
    "DifferenceAdmin",
    "DisputeAdmin",
    "DocumentAdmin",
    "EventAdmin",
    "ExtraAdmin",
    "FindRequestAdmin",
    "GiftAdmin",
    "HookDeliveryAdmin",
    "InstalmentPlanAdmin",
    "MoveInAdmin",
    "NoticeAdmin",
    "OrderAdmin",
    "OtherWayAdmin",
    "PolicyAdmin",
    "PriceRiseAdmin",
    "ReportAdmin",
    "ReturningIncomeAdmin",
    "SubscriptionAdmin",
    "TeamAdmin",
    "TermsAdmin",
    "first",
]
