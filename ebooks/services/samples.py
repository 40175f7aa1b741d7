"""The sample of an ebook: picked from its chapters or pages, and made in the background."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from content.models import Excerpt
from content.services.excerpts import asking
from content.services.excerpts.sheets import Spans
from ebooks.models import Ebook
from ebooks.services.files import SAMPLE, part_for
from products.models import Part


def picked(ebook: Ebook) -> Excerpt | None:
    """Return what the sample is made of, or None: there is none, or it came as a file."""
    found: Excerpt | None = (
        Excerpt.objects.filter(part__product=ebook.pk, part__kind=SAMPLE)
        .select_related("part", "source")
        .first()
    )
    return found


def retell(ebook: Ebook, now: datetime) -> None:
    """Make a picked sample anew, because what its last page says has changed."""
    row = picked(ebook)
    if row is not None:
        asking.follow(row.source, now)


@transaction.atomic
def pick_chapters(ebook: Ebook, paths: Sequence[str], now: datetime) -> None:
    """Let the sample be these chapters of the book's EPUB; it opens once it is made."""
    source = Part.objects.get(product=ebook.pk, kind="epub")
    asking.pick_chapters(_sample_part(ebook, now), source, paths, now)


@transaction.atomic
def pick_pages(ebook: Ebook, spans: Spans, now: datetime) -> None:
    """Let the sample be these pages of the book's PDF; it opens once it is made."""
    source = Part.objects.get(product=ebook.pk, kind="pdf")
    asking.pick_pages(_sample_part(ebook, now), source, spans, now)


def _sample_part(ebook: Ebook, now: datetime) -> Part:
    """Return the sample's part; one that is new opens with its file."""
    part = Part.objects.filter(product=ebook.pk, kind=SAMPLE).first()
    return part or part_for(ebook, SAMPLE, None)
