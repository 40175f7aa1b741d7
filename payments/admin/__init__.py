"""Orders in the store's admin: what was bought, what was paid, and giving money back."""

from payments.admin.disputes import DisputeAdmin
from payments.admin.moving import FindRequestAdmin
from payments.admin.operator import CallAdmin, EventAdmin
from payments.admin.orders import OrderAdmin

__all__ = ["CallAdmin", "DisputeAdmin", "EventAdmin", "FindRequestAdmin", "OrderAdmin"]
