"""Making editions: preparing one, sending it out, taking it back while it has not gone out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from content.errors import CannotSendOut
from content.models import Asset, Carry, Edition
from content.services.files import delete_file
from core.text import clean_line, clean_text
from products.models import Product

UNDO_LASTS = timedelta(minutes=10)
"""How long a new edition can be taken back before it is what people read."""
SETTLES = timedelta(minutes=10)
"""No purchase is under way for longer than this."""


def edition_now(product: Product, now: datetime) -> Edition | None:
    """Return the edition that is read now, or None for a product without files."""
    found: Edition | None = Edition.objects.out(now).filter(product=product.pk).last()
    return found


def edition_ahead(product: Product, now: datetime) -> Edition | None:
    """Return the edition that is being prepared, or is on its way and has not gone out."""
    ahead = Edition.objects.filter(product=product.pk).exclude(out_at__lte=now)
    found: Edition | None = ahead.last()
    return found


@transaction.atomic
def first_edition(product: Product, now: datetime) -> Edition:
    """Return the edition a correction belongs to: the one read now, or the first, made here.

    Nobody is told of a first edition: whoever has the product bought it, or it is not out.
    """
    current = edition_now(product, now)
    if current is not None:
        return current
    made: Edition = Edition.objects.get_or_create(
        product_id=product.pk,
        number=1,
        defaults={"created_at": now, "out_at": now, "told_at": now},
    )[0]
    return made


@transaction.atomic
def prepare(product: Product, now: datetime) -> Edition:
    """Return the edition being prepared, made here if there is none; CannotSendOut while one is
    on its way: it is taken back first, or awaited."""
    Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    ahead = edition_ahead(product, now)
    if ahead is None:
        last = Edition.objects.filter(product=product.pk).aggregate(last=Max("number"))["last"]
        ahead = Edition.objects.create(
            product_id=product.pk, number=(last or 0) + 1, created_at=now
        )
    elif ahead.out_at is not None:
        raise CannotSendOut([_("A new edition is on its way already.")])
    return ahead


def describe(edition: Edition, *, name: str, news: str) -> Edition:
    """Set what an edition is called and what its maker says is new, as clean text."""
    edition.name, edition.news = clean_line(name)[:80], clean_text(news).strip()
    edition.save(update_fields=["name", "news"])
    return edition


def missing(edition: Edition) -> list[str]:
    """Return, in sentences, what an edition lacks before it can go out."""
    found = []
    if not edition.assets.exists():
        found.append(_("Put at least one new file into it."))
    if not edition.news:
        found.append(_("Say in a sentence or two what is new: your readers get it by mail."))
    return found


@transaction.atomic
def send_out(edition: Edition, now: datetime) -> Edition:
    """Send an edition on its way: in ten minutes it is what people read, and its readers are told.

    Sent twice it was sent once. CannotSendOut says what is missing.
    """
    locked: Edition = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if locked.out_at is not None:
        return locked
    sentences = missing(locked)
    if sentences:
        raise CannotSendOut(sentences)
    out_at = now + UNDO_LASTS
    locked.out_at = locked.due_at = out_at
    locked.settles_at, locked.worked_to = out_at + SETTLES, 0
    locked.save(update_fields=["out_at", "due_at", "settles_at", "worked_to"])
    carry(locked.assets.all(), due_at=out_at, now=now)
    return locked


@transaction.atomic
def take_back(edition: Edition, now: datetime) -> Edition:
    """Let an edition that has not gone out be prepared again; CannotSendOut once it is out."""
    locked: Edition = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if locked.is_out(now):
        raise CannotSendOut([_("It is out already. A mistake in it is mended by a correction.")])
    locked.out_at = locked.due_at = locked.settles_at = None
    locked.save(update_fields=["out_at", "due_at", "settles_at"])
    Carry.objects.filter(asset__edition=locked.pk).delete()
    return locked


@transaction.atomic
def throw_away(edition: Edition) -> None:
    """Delete an edition that is being prepared, with its files; CannotSendOut for any other."""
    locked: Edition = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if locked.out_at is not None:
        raise CannotSendOut([_("An edition that went out stays.")])
    for asset in locked.assets.all():
        delete_file(asset)
    locked.delete()


def carry(assets: Iterable[Asset], *, due_at: datetime, now: datetime) -> None:
    """Let places and notes follow to these files from ``due_at`` on, once for each file."""
    Carry.objects.bulk_create(
        [Carry(asset=asset, due_at=due_at, created_at=now) for asset in assets],
        ignore_conflicts=True,
    )
