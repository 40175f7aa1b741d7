"""A presale in words: when it opens, how long that is, and what is promised until then."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from products.models import Product
from products.services.moments import in_words
from stores.scope import current_store


def opens_in_words(product: Product, now: datetime) -> str:
    """Return when a presale opens, or that it is late; empty for what is open."""
    if not product.is_presale or product.opens_at is None:
        return ""
    when = {"when": in_words(product.opens_at)}
    if product.late_at is not None:
        return _("It was to open %(when)s, and it is late. A new day will stand here.") % when
    if product.opens_at <= now:
        return _("It opens in a moment.")
    return _("Opens %(when)s.") % when


def countdown(product: Product, now: datetime) -> str:
    """Return how long it is until a presale opens, in days of the store's calendar."""
    if not product.is_presale or product.opens_at is None or product.opens_at <= now:
        return ""
    zone = current_store().zone
    days = (clock.local_day(product.opens_at, zone) - clock.local_day(now, zone)).days
    if days == 0:
        return _("Today")
    if days == 1:
        return _("Tomorrow")
    return ngettext("%(n)s day to go", "%(n)s days to go", days) % {"n": days}


def promise(product: Product, now: datetime, *, is_paid: bool) -> str:
    """Return what is promised to whoever buys before the opening."""
    if not product.is_presale or product.late_at is not None:
        return ""
    if not is_paid:
        return _("If the day moves, you'll hear of it the same day.")
    return _(
        "If the day moves, you'll hear of it the same day, and until it opens you may have your"
        " money back, no questions."
    )
