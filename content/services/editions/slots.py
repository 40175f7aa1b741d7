"""What others ask of editions, put into their slots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models import Edition
from content.services.editions.archive import whole_store
from stores import slots
from stores.models import Store
from stores.roles import Area
from stores.slots import CalendarItem, MailKind

NEW_EDITION = MailKind(
    "new_edition",
    gettext_lazy("a new edition"),
    ("title", "edition", "changes", "open_url", "shelf_url"),
    priority=8,
    when=gettext_lazy("When a new edition of what people bought goes out."),
    waits=True,
    required=("changes", "open_url"),
)


def register() -> None:
    """Put everything into the slots."""
    slots.mail_kinds.register(NEW_EDITION.key, NEW_EDITION)
    slots.store_archive.register("editions", whole_store)
    slots.calendar_items.register("editions", calendar_items)


def calendar_items(store: Store, since: datetime, until: datetime) -> Sequence[CalendarItem]:
    """Return the editions that went out or will, each on its day."""
    rows = Edition.objects.filter(out_at__gte=since, out_at__lt=until).select_related("product")
    return [
        CalendarItem(
            key=f"edition:{row.pk}",
            at=row.out_at,
            sentence=f"{row.product.title}: {row}",
            url=reverse("admin:products_product_change", args=[row.product_id]),
            area=Area.PRODUCTS,
            kind=_("edition"),
        )
        for row in rows
        if row.out_at is not None and row.number > 1
    ]
