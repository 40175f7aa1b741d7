"""Orders in the store's admin: what was bought, what was paid, and giving money back."""

from payments.admin.operator import CallAdmin, EventAdmin
from payments.admin.orders import OrderAdmin

__all__ = ["CallAdmin", "EventAdmin", "OrderAdmin"]
