"""That something differs in a store's money, told to who runs the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.models import Difference
from stores.models import Store
from stores.slots import Duty


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return one duty for all that differs: it stands until nothing does."""
    count = Difference.objects.filter(store=store, gone_at=None).count()
    if not count:
        return []
    sentence = ngettext(
        "%(n)s thing in the money does not agree.",
        "%(n)s things in the money do not agree.",
        count,
    )
    return [
        Duty(
            key="differences",
            sentence=sentence % {"n": count},
            due_at=None,
            url=reverse("admin:payments_difference_changelist"),
            verb=_("Look at it"),
            area="sales",
            is_trouble=True,
        )
    ]
