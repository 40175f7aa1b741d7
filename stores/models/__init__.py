"""The rows of stores: the tenants, who they are, and the base of everything they own."""

from stores.models.business import Business
from stores.models.deleted import Deleted
from stores.models.first_run import FirstRun
from stores.models.quiet import QuietTimes
from stores.models.tenancy import (
    HEX_COLOUR,
    CalendarFeed,
    Domain,
    LogEntry,
    Look,
    Staff,
    Store,
    StoreModel,
)

__all__ = [
    "HEX_COLOUR",
    "Business",
    "CalendarFeed",
    "Deleted",
    "Domain",
    "FirstRun",
    "LogEntry",
    "Look",
    "QuietTimes",
    "Staff",
    "Store",
    "StoreModel",
]
