"""A presale's opening: named, moved, opened by hand or by itself, or late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from core.queue import wake
from products.contract import formats, presale_buyers
from products.errors import CannotMoveOpening, CannotPublish
from products.models import OpeningMove, Price, Product
from products.rules import opened_since, warning_due
from products.services import letters
from stores.scope import current_store
from stores.services.opening import touch

if TYPE_CHECKING:
    from products.contract import Text

NEW_DAY_WITHIN = timedelta(days=2)
SOON = timedelta(days=7)
FURTHEST = timedelta(days=730)
WORKER = "access.tasks.work_presales_in"
State, What = Product.Status, OpeningMove.What


@transaction.atomic
def move_opening(product: Product, opens_at: datetime, *, now: datetime, by: str = "") -> Product:
    """Name the day and hour a product opens, or another one; its buyers hear of it the same day.

    Setting what is set is nothing. CannotMoveOpening says why a moment cannot be: it has opened,
    it is sold already without one, or the moment is no future.
    """
    locked = _lock(product)
    if locked.opens_at == opens_at and locked.opened_at is None and locked.late_at is None:
        return locked
    why = why_not_move(locked, opens_at, now)
    if why:
        raise CannotMoveOpening(why)
    was = locked.opens_at
    locked.opens_at, locked.late_at, locked.warned_days = opens_at, None, None
    locked.save(update_fields=["opens_at", "late_at", "warned_days"])
    _write(locked, What.MOVED if was else What.NAMED, now=now, by=by, was=was, becomes=opens_at)
    return locked


def why_not_move(product: Product, opens_at: datetime, now: datetime) -> str:
    """Return, in a sentence, why a product cannot open at that moment; empty when it can."""
    if product.opened_at is not None:
        return _("It has opened already. What is open stays open for those who bought it.")
    if product.opens_at is None and product.prices.exclude(sold_at=None).exists():
        return _("Somebody bought it already, and it is open for them.")
    if opens_at <= now:
        return _("Choose a day and an hour that are still ahead.")
    if opens_at > now + FURTHEST:
        return _("This is more than two years ahead. Choose a nearer day.")
    return _why_not_before_an_end(product, opens_at)


def _why_not_before_an_end(product: Product, opens_at: datetime) -> str:
    """Return why it cannot open then: access at one of its prices would be over before."""
    prices = product.prices.filter(Q(is_active=True) | Q(sold_at__isnull=False))
    day = clock.local_day(opens_at, current_store().zone)
    until = prices.filter(length=Price.Length.UNTIL, length_until__lt=day)
    ends_on = until.order_by("length_until").values_list("length_until", flat=True).first()
    if ends_on is None:
        return ""
    words = {"day": date_format(ends_on)}
    return (
        _(
            "At one of its prices access ends on %(day)s, before that. Choose an earlier day, or a"
            " later last day for that price."
        )
        % words
    )


@transaction.atomic
def drop_opening(product: Product, *, now: datetime, by: str = "") -> Product:
    """Take the opening day away; CannotMoveOpening once somebody was promised it."""
    locked = _lock(product)
    if not locked.is_presale:
        return locked
    if buyers_of([locked]).get(locked.pk):
        raise CannotMoveOpening(_("It was promised to people who bought it. Move it, or open it."))
    was, locked.opens_at, locked.late_at, locked.warned_days = locked.opens_at, None, None, None
    locked.save(update_fields=["opens_at", "late_at", "warned_days"])
    _write(locked, What.DROPPED, now=now, by=by, was=was, becomes=None)
    return locked


@transaction.atomic
def open_now(product: Product, *, now: datetime, by: str = "") -> Product:
    """Open a presale by hand; CannotPublish says what is not ready. Opening twice is once."""
    locked = _lock(product)
    if not locked.is_presale:
        return locked
    sentences = [str(each) for each in blockers_of([locked])[locked.pk]]
    if sentences:
        raise CannotPublish(sentences)
    return _open(locked, now, now=now, by=by)


def look_at_due(now: datetime) -> None:
    """Open every presale of the store whose moment has come and that is ready; the rest is late."""
    for pk in Product.objects.opening_due(now).order_by("pk").values_list("pk", flat=True):
        _look_at(pk, now)


@transaction.atomic
def _look_at(pk: int, now: datetime) -> None:
    """Decide one product under its lock: whoever moved it meanwhile has moved it."""
    product: Product | None = (
        Product.objects.opening_due(now).select_for_update(no_key=True).filter(pk=pk).first()
    )
    if product is None:
        return
    if not _matters(product):
        return  # a draft nobody was promised keeps its day until it is sold or another is named
    if not blockers_of([product])[pk]:
        assert product.opens_at is not None  # noqa: S101 -- opening_due() asks for it
        _open(product, product.opens_at, now=now)
        return
    product.late_at = now
    product.save(update_fields=["late_at"])
    _write(product, What.LATE, now=now, by="", was=product.opens_at, becomes=None)
    letters.late(product, buyers_of([product]).get(pk, 0), now)


def warn(now: datetime) -> None:
    """Warn the creator 7, 2 and 0 days before of every presale that is not ready, once each."""
    zone = current_store().zone
    today = clock.local_day(now, zone)
    soon = Product.objects.presale().filter(opens_at__gt=now, opens_at__lte=now + timedelta(days=8))
    missing = blockers_of(list(soon))
    for product in soon:
        assert product.opens_at is not None  # noqa: S101 -- presale() asks for it
        opens_on = clock.local_day(product.opens_at, zone)
        days = warning_due(opens_on, today, product.warned_days)
        if days is None or not missing[product.pk] or not _matters(product):
            continue
        with transaction.atomic():
            fresh = Product.objects.filter(pk=product.pk, opens_at=product.opens_at)
            if fresh.filter(warned_days=product.warned_days).update(warned_days=days):
                letters.warning(product, (opens_on - today).days, missing[product.pk], now)


def opened_moments(products: Sequence[Product], now: datetime) -> dict[int, datetime | None]:
    """Return since when each of these presales is open, whether or not a sweep came by.

    Asks the formats only about those whose moment has come and that nobody has looked at.
    """
    undecided = [
        each
        for each in products
        if each.is_presale and each.opens_at and each.opens_at <= now and each.late_at is None
    ]
    missing = blockers_of(undecided) if undecided else {}
    return {
        each.pk: opened_since(
            each.opens_at,
            each.opened_at,
            each.late_at,
            is_ready=not missing.get(each.pk),
            now=now,
        )
        for each in products
    }


def blockers_of(products: Sequence[Product]) -> dict[int, list[Text]]:
    """Return why each product cannot open yet, at a constant number of queries per format."""
    by_format: dict[str, list[int]] = defaultdict(list)
    for product in products:
        by_format[product.format].append(product.pk)
    found: dict[int, list[Text]] = {}
    for key, pks in by_format.items():
        children = list((formats[key].model or Product).objects.filter(pk__in=pks))
        for child, sentences in formats[key].blockers(children).items():
            found[child.pk] = list(sentences)
    return found


def buyers_of(products: Sequence[Product]) -> dict[int, int]:
    """Return how many people wait for each presale to open."""
    found: dict[int, int] = {}
    for ask in presale_buyers:
        for pk, count in ask(products).items():
            found[pk] = found.get(pk, 0) + count
    return found


def last_moves(products: Iterable[int]) -> dict[int, OpeningMove]:
    """Return the last change of each opening, by its product's primary key."""
    rows = OpeningMove.objects.filter(product__in=set(products)).order_by("pk")
    return {move.product_id: move for move in rows}


def is_late(product: Product, now: datetime) -> bool:
    """Whether the promised moment has passed and it has not opened, as a page may say it."""
    return product.is_presale and product.opens_at is not None and product.opens_at <= now


def _open(product: Product, moment: datetime, *, now: datetime, by: str = "") -> Product:
    product.opened_at, product.late_at = moment, None
    product.save(update_fields=["opened_at", "late_at"])
    _write(product, What.OPENED, now=now, by=by, was=product.opens_at, becomes=moment)
    return product


def _matters(product: Product) -> bool:
    """Whether anybody was promised this opening."""
    return product.is_sellable or bool(buyers_of([product]).get(product.pk))


def _lock(product: Product) -> Product:
    locked: Product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    return locked


def _write(
    product: Product,
    what: str,
    *,
    now: datetime,
    by: str,
    was: datetime | None,
    becomes: datetime | None,
) -> None:
    OpeningMove.objects.create(
        product_id=product.pk, what=what, at=now, by=by, was=was, becomes=becomes
    )
    touch(current_store())
    wake(WORKER, current_store().pk)
