"""Addresses that moved: kept per store, never in a circle, answered only where nothing else is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from core.text import clean_line
from storefront.errors import LeadsInACircle
from storefront.models import Redirect

LONGEST_CHAIN = 10
MOST_ROWS = 2_000


def clean_old(text: str) -> str:
    """Return an old address as it is looked up: a path with its slash, without host or question."""
    path = unquote(urlsplit(clean_line(text)).path)
    path = "/" + path.strip("/")
    return path[:300] if path == "/" else f"{path[:299]}/"


def leads_to(path: str) -> Redirect | None:
    """Return the redirect of a path of the store in scope, be it asked with or without a slash."""
    found: Redirect | None = Redirect.objects.filter(old_path=clean_old(quote(path))).first()
    return found


def count_hit(row: Redirect) -> None:
    """Count that it was followed; by whom is not kept."""
    Redirect.objects.filter(pk=row.pk).update(hits=F("hits") + 1)


def check(old_path: str, new_path: str, *, but: int | None = None) -> None:
    """Raise LeadsInACircle where this redirect would lead back to where it begins."""
    rows = dict(Redirect.objects.exclude(pk=but).values_list("old_path", "new_path"))
    here = new_path
    for _step in range(LONGEST_CHAIN):
        if not here.startswith("/"):
            return
        here = clean_old(here)
        if here == old_path:
            raise LeadsInACircle(old_path)
        if here not in rows:
            return
        here = rows[here]
    raise LeadsInACircle(old_path)


@transaction.atomic
def follow_slug(old_slug: str, new_slug: str, *, now: datetime) -> None:
    """Let a page's former address lead to its new one, and whatever led there come along."""
    old = clean_old(_bare("storefront:page", old_slug))
    new = clean_old(_bare("storefront:page", new_slug))
    Redirect.objects.filter(old_path=new).delete()
    Redirect.objects.filter(new_path=old).update(new_path=new)
    Redirect.objects.update_or_create(
        old_path=old,
        defaults={"new_path": new, "is_permanent": True, "is_automatic": True, "made_at": now},
    )


def _bare(name: str, slug: str) -> str:
    return "/" + "/".join(reverse(name, args=[slug]).strip("/").split("/")[-2:])


@dataclass(frozen=True)
class Imported:
    """What came of a table of redirects."""

    made: int
    wrong: Sequence[str]
    """The lines that were not taken, each with its reason."""


@transaction.atomic
def take_table(text: str, *, now: datetime) -> Imported:
    """Take redirects from CSV: old address, new address, and 302 where it is for now only."""
    made, wrong = 0, []
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        if not any(cell.strip() for cell in row):
            continue
        old, new = (clean_line(cell) for cell in (*row, "", "")[:2])
        if number == 1 and not old.startswith(("/", "http")):
            continue  # the heading
        reason = _why_not(old, new) if number <= MOST_ROWS else _("too many lines at once")
        if reason:
            wrong.append(_("Line %(number)s: %(reason)s") % {"number": number, "reason": reason})
            continue
        is_permanent = not (len(row) > 2 and row[2].strip() == "302")  # noqa: PLR2004 -- the third cell
        Redirect.objects.update_or_create(
            old_path=clean_old(old),
            defaults={"new_path": new[:500], "is_permanent": is_permanent, "made_at": now},
        )
        made += 1
    return Imported(made, wrong)


def _why_not(old: str, new: str) -> str:
    if not old.startswith(("/", "http")) or not _is_target(new):
        return _("an address begins with / or https://")
    try:
        check(
            clean_old(old),
            new,
            but=Redirect.objects.filter(old_path=clean_old(old))
            .values_list("pk", flat=True)
            .first(),
        )
    except LeadsInACircle:
        return _("it would lead in a circle")
    return ""


def _is_target(text: str) -> bool:
    return (text.startswith("/") and not text.startswith("//")) or text.startswith(
        ("https://", "http://")
    )
