"""Copies that could not be made: told to the creator, and tried again when asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.models import Asset, StampedCopy
from content.services.stamping.copies import SMALL, WORK_LARGE, WORK_SMALL
from core.queue import wake
from stores.models import Store
from stores.roles import Area
from stores.slots import Duty


def duties_of_copies(store: Store, now: datetime) -> Sequence[Duty]:
    """Return that some copies could not be made of files that are still the newest."""
    newer = Asset.objects.filter(part=OuterRef("asset__part"), pk__gt=OuterRef("asset"))
    failed = StampedCopy.objects.failed().filter(~Exists(newer)).count()
    if not failed:
        return ()
    words = ngettext(
        "%(count)s buyer has a file without their name, because it could not be stamped.",
        "%(count)s buyers have a file without their name, because it could not be stamped.",
        failed,
    )
    return (
        Duty(
            key="content.copies",
            sentence=words % {"count": failed},
            due_at=None,
            url=reverse("admin:content_stampedcopy_changelist"),
            verb=_("Look at them"),
            area=Area.SALES,
            is_trouble=True,
        ),
    )


def try_again(copy: StampedCopy, now: datetime) -> None:
    """Ask once more for a copy that was given up."""
    again = {"due_at": now, "failed_at": None, "tries": 0, "claimed_until": None}
    if StampedCopy.objects.failed().filter(pk=copy.pk).update(**again):
        is_small = copy.asset.size <= SMALL
        wake(WORK_SMALL if is_small else WORK_LARGE, copy.store_id)
