"""The text of a shop as it is kept: by the store's version, and of a large shop in a row too.

Gathering thousands of pages takes longer than a visitor should wait after each change. So a large
shop is looked through as it was gathered last, and gathered anew by the worker, which a due row and
a message ask for; where none comes, whoever searches gathers. What was found is read from the pages
as they are now, so nothing that is gone is shown.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import translation

from core import clock
from core.copies import keep_copy, kept_copy
from core.queue import wake_once
from storefront.models import ShopText
from storefront.services.finding.lines import Lines
from stores import slots
from stores.models import Store
from stores.scope import all_stores, store_scope

SMALL: Final = 300
"""Pages that are gathered in a few milliseconds, so that no change is ever waited for."""
LATE: Final = timedelta(minutes=10)
"""How long text that changed may wait for the worker."""
A_DAY = 86_400
TASK = "storefront.tasks.gather_texts"


def lines_of(store: Store) -> Lines:
    """Return all public text of the store in scope in the language being read."""
    now, language = clock.now(), translation.get_language() or store.language
    key = f"{store.public_id}:{store.version}:{language}:search"
    kept = kept_copy(key)
    if kept is not None:
        return Lines._make(kept)
    row = ShopText.objects.filter(language=language).first()
    if row is not None and row.version != store.version and not _is_late(row, now):
        _ask_for(row, now)
        return _written(row)
    lines = _written(row) if row and row.version == store.version else gather(store, language)
    keep_copy(key, tuple(lines), seconds=A_DAY)
    return lines


def gather(store: Store, language: str) -> Lines:
    """Read everything that is public in a language, and keep it if it is much."""
    with translation.override(language):
        lines = Lines.of(
            (name, text)
            for name in slots.site_search.keys()  # noqa: SIM118 -- not a mapping
            for text in slots.site_search.get(name)(store, None)
        )
    if lines.size > SMALL:
        said = {"version": store.version, "due_at": None} | lines._asdict()
        ShopText.objects.update_or_create(language=language, defaults=said)
    return lines


def gather_due(now: datetime) -> None:
    """Gather the text of every large shop that was searched since it changed."""
    with all_stores():
        due = list(ShopText.objects.filter(due_at__lte=now).values_list("store_id", "language"))
    for store_id, language in due:
        with store_scope(store := Store.objects.get(pk=store_id)):
            if gather(store, language).size <= SMALL:
                ShopText.objects.filter(language=language).delete()


def _is_late(row: ShopText, now: datetime) -> bool:
    return row.due_at is not None and row.due_at < now - LATE


def _ask_for(row: ShopText, now: datetime) -> None:
    if row.due_at is None:
        ShopText.objects.filter(pk=row.pk, due_at=None).update(due_at=now)
        wake_once(TASK)


def _written(row: ShopText) -> Lines:
    return Lines(row.size, row.titles, row.texts)
