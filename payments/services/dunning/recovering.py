"""What became of charges that failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from core import money
from payments.models import Bill
from stores.models import Store
from stores.scope import store_scope


@dataclass(frozen=True)
class Recovery:
    """The charges a card was refused for since a moment; amounts in minor units."""

    failed: int
    recovered: int
    """Of these, those paid since, by Stripe's next try or by hand."""
    amount: int
    """What those brought."""
    waiting: int
    """Still to be paid."""
    currency: str

    def display(self, language: str | None = None) -> str:
        """Return what was recovered, in the reader's language."""
        return money.display(self.amount, self.currency, language)


def recovery(store: Store, since: datetime) -> Recovery:
    """Return what failed in a store since then, and what of it came after all."""
    with store_scope(store):
        paid = Q(paid_at__isnull=False)
        found = Bill.objects.filter(failed_at__gte=since).aggregate(
            failed=Count("pk"),
            recovered=Count("pk", filter=paid),
            amount=Sum("amount", filter=paid),
            waiting=Count("pk", filter=Q(pk__in=Bill.objects.refused())),
        )
    return Recovery(
        found["failed"],
        found["recovered"],
        found["amount"] or 0,
        found["waiting"],
        store.currency,
    )
