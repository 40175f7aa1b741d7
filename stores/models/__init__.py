"""The rows of stores: the tenants, who they are, and the base of everything they own."""

from stores.models.archive import Archive
from stores.models.business import Business
from stores.models.closing import Closing
from stores.models.deleted import Deleted
from stores.models.domains import Domain
from stores.models.first_run import FirstRun
from stores.models.quiet import AwayDates, QuietTimes
from stores.models.tenancy import (
    HEX_COLOUR,
    CalendarFeed,
    LogEntry,
    Look,
    Staff,
    Store,
    StoreModel,
)

__all__ = [
    "HEX_COLOUR",
    "Archive",
    "AwayDates",
    "Business",
    "CalendarFeed",
    "Closing",
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
