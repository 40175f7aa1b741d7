"""How a product is read: opened, begun, finished, where readers stop. Never about one person."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

from django.db.models import Count, Max, Q

from access.models import Access
from content.models import Asset, Progress, SampleRequest
from content.services.excerpts.chapters import chapters_of
from core import clock
from products.models import Product

FEWEST = 5
"""With fewer readers a number could be told to be somebody."""
MOST_BARS = 24
TENTHS = 10


@dataclass(frozen=True)
class Bar:
    """One stretch of the book, and how many readers stand in it without having finished."""

    title: str
    """The chapter; empty for a tenth."""
    begins: int
    ends: int
    """From and to how many percent of the book."""
    readers: int


@dataclass(frozen=True)
class ReadingNumbers:
    """How many of those who have a product read it, and how far."""

    buyers: int
    readers: int
    is_shown: bool
    """Whether there are readers enough to say more than that."""
    opened: int = 0
    finished: int = 0
    middle: int = 0
    """How far the reader in the middle is, in percent."""
    bars: tuple[Bar, ...] = ()

    @property
    def middle_said(self) -> str:
        """The same as it is written."""
        return f"{self.middle}%"

    @property
    def most(self) -> int:
        """The number of readers in the fullest bar, which gives the bars their scale."""
        return max((bar.readers for bar in self.bars), default=0) or 1


@dataclass(frozen=True)
class SampleNumbers:
    """How often a product's sample was asked for by mail."""

    asked: int
    opened: int
    agreed: int


def reading_numbers(product: Product) -> ReadingNumbers:
    """Return how a product is read by those who have it, at a constant number of queries."""
    theirs = Access.objects.standing().filter(product=product.pk, customer__erased_at=None)
    counted = theirs.aggregate(
        buyers=Count("customer", distinct=True),
        opened=Count("customer", distinct=True, filter=Q(first_opened_at__isnull=False)),
    )
    rows = Progress.objects.filter(
        part__product=product.pk, part__preview=False, customer__in=theirs.values("customer")
    )
    far = list(
        rows.values("customer")
        .annotate(far=Max("fraction"), done=Max("finished_at"))
        .values_list("far", "done")
    )
    if len(far) < FEWEST:
        return ReadingNumbers(counted["buyers"], len(far), is_shown=False)
    stopped = [fraction for fraction, done in far if done is None]
    return ReadingNumbers(
        buyers=counted["buyers"],
        readers=len(far),
        is_shown=True,
        opened=max(counted["opened"], len(far)),
        finished=len(far) - len(stopped),
        middle=round(100 * median(1.0 if done else fraction for fraction, done in far)),
        bars=_bars(product, stopped),
    )


def sample_numbers(product: Product) -> SampleNumbers:
    """Return how many asked for the sample by mail, opened it, and agreed to news."""
    rows = SampleRequest.objects.filter(part__product=product.pk)
    return SampleNumbers(
        **rows.aggregate(
            asked=Count("pk"),
            opened=Count("pk", filter=Q(opened_at__isnull=False)),
            agreed=Count("pk", filter=Q(agreed_at__isnull=False)),
        )
    )


def agreed_to_news(product: Product, most: int) -> list[SampleRequest]:
    """Return who agreed to news with the sample of a product, the last first."""
    rows = SampleRequest.objects.filter(part__product=product.pk, agreed_at__isnull=False)
    return list(rows.select_related("customer__user").order_by("-agreed_at", "-pk")[:most])


def _bars(product: Product, stopped: Sequence[float]) -> tuple[Bar, ...]:
    titles, ends = _stretches(product)
    readers = [0] * len(ends)
    for fraction in stopped:
        readers[min(bisect_right(ends, fraction), len(ends) - 1)] += 1
    begins = [0.0, *ends[:-1]]
    return tuple(
        Bar(title, round(100 * begin), round(100 * end), count)
        for title, begin, end, count in zip(titles, begins, ends, readers, strict=True)
    )


def _stretches(product: Product) -> tuple[list[str], list[float]]:
    """Return the chapters and where each ends, 0 to 1; tenths where a book tells of none."""
    books = (
        Asset.objects.out(clock.now())
        .in_turn()
        .filter(part__product=product.pk, part__preview=False, part__published_at__isnull=False)
    )
    book: Asset | None = books.filter(kind=Asset.Kind.EPUB).last()
    chapters = [each for each in chapters_of(book.facts) if each.title] if book else []
    shares = [each.share for each in chapters]
    if not 1 < len(chapters) <= MOST_BARS or not sum(shares):
        return [""] * TENTHS, [(number + 1) / TENTHS for number in range(TENTHS)]
    before = max(0.0, 1 - sum(shares))  # a cover and a title stand before the first chapter
    ends = [min(1.0, before + end) for end in accumulate(shares)]
    return [each.title for each in chapters], [*ends[:-1], 1.0]
