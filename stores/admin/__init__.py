"""The store's admin: Unfold's, scoped to the store, shaped for people who do not know Django."""

from stores.admin import (
    archive,
    away,
    business,
    domains,
    first,
    log,
    look,
    naming,
    operator,
    quiet,
    settings,
    team,
    undo,
)
from stores.admin.inlines import StoreStackedInline, StoreTabularInline
from stores.admin.model import StoreModelAdmin
from stores.admin.operator import OperatorModelAdmin, operator_site
from stores.admin.pages import Effect, confirm
from stores.admin.reading import LeadingAdmin, ReadAdmin
from stores.admin.rows import Row
from stores.admin.site import Group, MenuItem, StoreAdminSite, site

__all__ = [
    "Effect",
    "Group",
    "LeadingAdmin",
    "MenuItem",
    "OperatorModelAdmin",
    "ReadAdmin",
    "Row",
    "StoreAdminSite",
    "StoreModelAdmin",
    "StoreStackedInline",
    "StoreTabularInline",
    "archive",
    "away",
    "business",
    "confirm",
    "domains",
    "first",
    "log",
    "look",
    "naming",
    "operator",
    "operator_site",
    "quiet",
    "settings",
    "site",
    "team",
    "undo",
]
