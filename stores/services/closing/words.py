"""What a store that is being closed says of itself, in the shop and in the admin."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stores.models import Store
from stores.services.closing.phases import Phase, closed_from, phase_of, reading_from


def note_of(store: Store, now: datetime) -> str:
    """Return the sentence for every page; empty while the store is simply open."""
    since = store.closing_since
    phase = phase_of(since, now)
    if since is None or phase is Phase.OPEN:
        return ""
    read_from, gone_from = day_of(store, reading_from(since)), day_of(store, closed_from(since))
    if phase is Phase.NOTICE:
        words = _(
            "This shop closes on %(day)s and sells nothing new. What you have can be read and "
            "downloaded until %(last)s."
        )
        return words % {"day": read_from, "last": gone_from}
    if phase is Phase.READ_ONLY:
        words = _("This shop is closed. What you have can be read and downloaded until %(last)s.")
        return words % {"last": gone_from}
    return _("This shop is closed.")


def day_of(store: Store, moment: datetime) -> str:
    """Return a moment's day in the store's zone, in words."""
    return str(date_format(moment.astimezone(store.zone), "DATE_FORMAT"))
