"""What is still owed for cancelled purchases, whatever became of the refunds so far."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from payments.models import CancelledLine, Decision, Refund


def still_owed() -> QuerySet[CancelledLine]:
    """Return the cancelled things whose money has not gone back, nor was settled elsewhere.

    A refund that failed leaves it owed, until another one, or a person's word, settles it.
    """
    back = Refund.objects.effective().filter(
        Q(line=OuterRef("line")) | Q(line=None),
        payment__order=OuterRef("line__order"),
        created_at__gte=OuterRef("at"),
    )
    sums = back.order_by().values("payment__order").annotate(sum=Sum("amount")).values("sum")
    settled = Decision.objects.filter(
        key=Concat(Value("failed:"), OuterRef("refund__public_id")),
        verdict=Decision.Verdict.DONE_ELSEWHERE,
    )
    owed = CancelledLine.objects.filter(undone_at=None, amount__gt=0)
    found: QuerySet[CancelledLine] = (
        owed.annotate(back=Coalesce(Subquery(sums), 0))
        .filter(back__lt=F("amount"))
        .exclude(Exists(settled))
        .select_related("notice", "line__order")
    )
    return found
