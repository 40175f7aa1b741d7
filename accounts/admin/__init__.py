"""Customers in the store's admin, and people in the operator's."""

from accounts.admin.customers import CustomerAdmin
from accounts.admin.operator import AddressChangeAdmin, PersonAdmin

__all__ = ["AddressChangeAdmin", "CustomerAdmin", "PersonAdmin"]
