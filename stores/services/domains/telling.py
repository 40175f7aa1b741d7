"""Domains that want something of who runs the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from stores.models import Domain, Store
from stores.services.domains.timing import GRACE
from stores.slots import Duty


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the domains of the store in scope that lead elsewhere, or did for too long."""
    found = Domain.objects.filter(is_ours=False).exclude(failing_since=None, lost_at=None)
    return [
        Duty(
            key=f"domain:{domain.pk}",
            sentence=_("%(host)s no longer leads to your shop") % {"host": domain.shown},
            due_at=domain.failing_since + GRACE if domain.failing_since else None,
            url=reverse("admin:stores_domain_change", args=[domain.pk]),
            verb=_("Mend it"),
            area="settings",
        )
        for domain in found.order_by("pk")
    ]
