"""Who of the staff may see and change what: one table, role by area."""

from enum import IntEnum, StrEnum


class Right(IntEnum):
    """How much somebody may do in an area."""

    NONE = 0
    VIEW = 1
    CHANGE = 2


class Area(StrEnum):
    """A part of the store's admin; each admin page names the one it belongs to."""

    PRODUCTS = "products"
    CUSTOMERS = "customers"
    SALES = "sales"
    REFUNDS = "refunds"
    SHOP_WINDOW = "shop_window"
    MAILS = "mails"
    SETTINGS = "settings"
    TEAM = "team"


class Role(StrEnum):
    """What somebody is in a store."""

    OWNER = "owner"
    MANAGER = "manager"
    COACH = "coach"
    AUTHOR = "author"
    SUPPORT = "support"


_NONE, _VIEW, _CHANGE = Right.NONE, Right.VIEW, Right.CHANGE

TABLE: dict[Area, dict[Role, Right]] = {
    area: dict(zip(Role, rights, strict=True))
    for area, rights in {
        #                  owner    manager  coach   author   support
        Area.PRODUCTS: (_CHANGE, _CHANGE, _VIEW, _CHANGE, _VIEW),
        Area.CUSTOMERS: (_CHANGE, _CHANGE, _VIEW, _NONE, _CHANGE),
        Area.SALES: (_CHANGE, _CHANGE, _NONE, _NONE, _VIEW),
        Area.REFUNDS: (_CHANGE, _CHANGE, _NONE, _NONE, _NONE),
        Area.SHOP_WINDOW: (_CHANGE, _CHANGE, _NONE, _VIEW, _NONE),
        Area.MAILS: (_CHANGE, _CHANGE, _NONE, _NONE, _CHANGE),
        Area.SETTINGS: (_CHANGE, _VIEW, _NONE, _NONE, _NONE),
        Area.TEAM: (_CHANGE, _NONE, _NONE, _NONE, _NONE),
    }.items()
}


def right_of(role: str, area: Area) -> Right:
    """Return what ``role`` may do in ``area``; an unknown role may do nothing."""
    try:
        return TABLE[area][Role(role)]
    except ValueError:
        return Right.NONE
