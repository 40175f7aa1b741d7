"""Why something is locked, until when, and what opens it: one sentence each (words.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.contract import BUYABLE, Locked, Remedy
from access.models import Access
from access.rules import NotYet
from core import days
from products.models import Part, Product
from products.services.moments import in_words


def day(moment: datetime) -> str:
    """Return a day as the reader's language writes it, in the zone of the page."""
    return days.said(timezone.localtime(moment))


def not_out(part: Part) -> Locked:
    """Return why a part that is not published is locked."""
    if part.published_at is None:
        return Locked(_("This is not out yet."), "not_out")
    return Locked(
        _("Opens %(day)s.") % {"day": day(part.published_at)}, "not_out", until=part.published_at
    )


def opens_later(missing: NotYet) -> Locked:
    """Return why a release rule keeps a part locked."""
    if missing.at is not None:
        return Locked(_("Opens %(day)s.") % {"day": day(missing.at)}, "later", until=missing.at)
    if missing.missing:
        return Locked(_by_tenure(missing), "tenure")
    if missing.release == Part.Release.IN_PAID_TIME:
        return Locked(_("It belongs to a time before you joined, or while you were away."), "away")
    return Locked(_("Opens once the part before it is finished."), "after_part")


def _by_tenure(missing: NotYet) -> str:
    """Return which period this is, which is the reader's, and how many more must be paid for."""
    words = {
        "number": missing.reached + missing.missing + 1,
        "yours": missing.reached + 1,
        "n": missing.missing,
    }
    match missing.rhythm:
        case "week":
            where = _("This is week %(number)d; yours is week %(yours)d.")
            more = ngettext("%(n)d more paid week.", "%(n)d more paid weeks.", missing.missing)
        case "quarter":
            where = _("This is quarter %(number)d; yours is quarter %(yours)d.")
            more = ngettext(
                "%(n)d more paid quarter.", "%(n)d more paid quarters.", missing.missing
            )
        case _month:
            where = _("This is month %(number)d; yours is month %(yours)d.")
            more = ngettext("%(n)d more paid month.", "%(n)d more paid months.", missing.missing)
    return f"{where % words} {more % words}"


def no_access(accesses: Sequence[Access], product: Product, now: datetime) -> Locked:
    """Return why no access of this viewer opens the product; the most hopeful reason wins."""
    reasons = [_reason(access, now) for access in accesses]
    for code in ("paused", "hold", "presale", "late", "starts", "ended", "returned"):
        for reason in reasons:
            if reason.code == code:
                return _with_remedy(reason, product)
    sentence = _("This is part of “%(title)s”, which opens when you buy it.")
    return _with_remedy(Locked(sentence % {"title": product.title}, "not_bought"), product)


def _reason(access: Access, now: datetime) -> Locked:
    if access.revoked_at is not None:
        sentence = _("Closed %(day)s: the purchase was cancelled.")
        return Locked(sentence % {"day": day(access.revoked_at)}, "returned")
    if access.suspended_at is not None and not access.is_over(now):
        return Locked(_("On hold: something about the payment is being checked."), "hold")
    if access.awaits_id is not None and not access.is_over(now):
        return not_open_yet(access, now)
    if access.starts_at > now:
        sentence = _("Opens %(day)s.") % {"day": day(access.starts_at)}
        return Locked(sentence, "starts", until=access.starts_at)
    if access.ends_at is not None and access.ends_at <= now:
        sentence = _("Ended %(day)s. What you wrote and where you stopped are kept.")
        return Locked(sentence % {"day": day(access.ends_at)}, "ended")
    sentence = _("Your rest ends %(day)s.")
    return Locked(
        sentence % {"day": day(access.paused_until or now)}, "paused", until=access.paused_until
    )


def not_open_yet(access: Access, now: datetime) -> Locked:
    """Return that a presale opens at its moment, or is late and waits for a new one."""
    product = access.awaits if access.awaits is not None and access.awaits.is_presale else None
    opens_at = (product or access.product).opens_at or access.starts_at
    if opens_at > now:
        return Locked(_("Opens %(when)s.") % {"when": in_words(opens_at)}, "presale", opens_at)
    sentence = _("It is late. Once a new day is named, you hear of it the same day.")
    return Locked(sentence, "late")


def _with_remedy(reason: Locked, product: Product) -> Locked:
    if reason.code not in BUYABLE or not product.is_sellable:
        return reason
    url = reverse("storefront:product", args=[product.slug or product.public_id])
    remedy = Remedy(_("See “%(title)s”") % {"title": product.title}, url)
    return Locked(reason.because, reason.code, reason.until, remedy)
