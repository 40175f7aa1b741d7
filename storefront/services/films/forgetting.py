"""Films and captions that no version of any page names any more go, with their files."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat

from content.services.files import private
from storefront.models import Captions, Film, PageVersion, Picture
from stores.scope import all_stores, store_scope

KEPT = timedelta(days=7)
"""How long what nobody names is kept: somebody may be about to save it."""


def forget_unnamed(now: datetime) -> int:
    """Let go of what no version names, not even what can still be undone; return how many."""
    with all_stores():
        old = [
            *Film.objects.filter(made_at__lt=now - KEPT).select_related("store__look", "poster"),
            *Captions.objects.filter(made_at__lt=now - KEPT).select_related("store__look"),
        ]
    gone = 0
    for each in old:
        with store_scope(each.store), transaction.atomic():
            is_free = not _is_named(each.public_id)
            if is_free:
                _let_go(each)
            gone += is_free
    return gone


def _is_named(public_id: str) -> bool:
    written = Concat(
        Cast("blocks", TextField()),
        Value(" "),
        Cast("removed", TextField()),
        output_field=TextField(),
    )
    versions = PageVersion.objects.alias(written=written)
    return bool(versions.filter(written__contains=public_id).exists())


def _let_go(each: Film | Captions) -> None:
    if isinstance(each, Film):
        transaction.on_commit(partial(private().delete, each.name), robust=True)
        if each.poster is not None:
            _let_picture_go(each.poster)
    each.delete()


def _let_picture_go(picture: Picture) -> None:
    files: list[dict[str, Any]] = picture.files
    picture.delete()
    for each in files:
        transaction.on_commit(partial(storages["default"].delete, each["name"]), robust=True)
