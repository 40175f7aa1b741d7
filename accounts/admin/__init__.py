"""Customers and the team in the store's admin, and people in the operator's."""

from accounts.admin.closing import ClosingAdmin
from accounts.admin.customers import CustomerAdmin
from accounts.admin.operator import AddressChangeAdmin, PersonAdmin
from accounts.admin.team import InvitationAdmin, TeamAdmin

__all__ = [
    "AddressChangeAdmin",
    "ClosingAdmin",
    "CustomerAdmin",
    "InvitationAdmin",
    "PersonAdmin",
    "TeamAdmin",
]
