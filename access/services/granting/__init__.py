"""Giving, changing and taking back access: set, never add, so a replay changes nothing."""

from access.services.granting.giving import below, grant, grant_part, grant_purchase, owe
from access.services.granting.lasting import (
    pause,
    record_paid,
    resume,
    set_end,
    set_time,
    take_back_paid,
)
from access.services.granting.owing import root_of, settle_in_kind
from access.services.granting.plans import set_price
from access.services.granting.taking import restore, revoke, suspend

__all__ = [
    "below",
    "grant",
    "grant_part",
    "grant_purchase",
    "owe",
    "pause",
    "record_paid",
    "restore",
    "resume",
    "revoke",
    "root_of",
    "set_end",
    "set_price",
    "set_time",
    "settle_in_kind",
    "suspend",
    "take_back_paid",
]
