"""Writes how a subscription's income stood: anew from its rows, in whatever order they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from access.models import Access, SourceKind
from access.rules import Span, merged, without
from payments.models import Bill, Coupon, IncomeStep, PaidRun, Subscription
from payments.services.income.deriving import (
    NEVER,
    Changed,
    Charged,
    Facts,
    Step,
    runs_of,
    steps_of,
)
from payments.services.subscriptions.discounting import coupon_of
from stores.scope import all_stores

BATCH = 500
COMPARED = (
    *("kind", "state", "product_id", "price_id", "since", "until"),
    *("monthly", "before", "worth", "joined_at"),
)


def write_income(subscription: Subscription) -> None:
    """Make the steps and the paid time of a subscription agree with its rows.

    Belongs to the transaction in which the subscription's row is locked. Tests leave no income.
    """
    if subscription.order.is_test:
        return
    access = _access_of(subscription)
    cuts = _cuts(access)
    rests, holds = _rests(subscription, cuts["rest"]), _holds(access, cuts["hold"])
    _write_steps(subscription, steps_of(_facts(subscription, rests, holds)))
    _write_runs(subscription, access, [*rests, *holds])


def unwritten() -> QuerySet[Subscription]:
    """Return the subscriptions that were here before their income was written down.

    A sum in monthly charges has an end and is no income that returns.
    """
    steps = IncomeStep.objects.filter(subscription=OuterRef("pk"))
    found: QuerySet[Subscription] = Subscription.objects.filter(
        ~Exists(steps), order__is_test=False, instalments=None
    )
    return found


def stores_with_unwritten() -> list[int]:
    """Return the stores in which there are any."""
    with all_stores():
        return sorted(set(unwritten().values_list("store_id", flat=True)[:BATCH]))


def write_missing() -> None:
    """Write the income of the next ones in the store in scope."""
    for pk in list(unwritten().order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            write_income(Subscription.objects.select_for_update(no_key=True).get(pk=pk))


def _write_steps(subscription: Subscription, steps: Sequence[Step]) -> None:
    wanted = [
        IncomeStep(
            subscription=subscription,
            number=number,
            product_id=subscription.product_id,
            currency=subscription.currency,
            price_id=step.price,
            **{name: getattr(step, name) for name in COMPARED if hasattr(step, name)},
        )
        for number, step in enumerate(steps)
    ]
    known = {step.number: step for step in subscription.income_steps.all()}
    changed = [each for each in wanted if _plain(known.get(each.number)) != _plain(each)]
    gone = [step.pk for number, step in known.items() if number >= len(wanted)]
    stale = [known[each.number].pk for each in changed if each.number in known]
    if gone or stale:
        IncomeStep.objects.filter(pk__in=[*gone, *stale]).delete()
    if changed:
        IncomeStep.objects.bulk_create(changed)


def _plain(step: IncomeStep | None) -> Any:
    return step and [getattr(step, name) for name in COMPARED]


def _write_runs(subscription: Subscription, access: Access | None, cuts: list[Span]) -> None:
    runs: list[Span] = []
    if access is not None and access.revoked_at is None:
        spans = [Span(each.starts_at, each.ends_at) for each in access.paid_spans.all()]
        runs = runs_of(without(spans, cuts), subscription.ended_at)
    known = {Span(run.since, run.until): run.pk for run in subscription.paid_runs.all()}
    gone = [pk for run, pk in known.items() if run not in runs]
    if gone:
        PaidRun.objects.filter(pk__in=gone).delete()
    new = [run for run in runs if run not in known]
    if new:
        PaidRun.objects.bulk_create(
            PaidRun(subscription=subscription, since=run.start, until=run.end) for run in new
        )


def _facts(subscription: Subscription, rests: list[Span], holds: list[Span]) -> Facts:
    price = subscription.price
    coupon = coupon_of(subscription.order)
    return Facts(
        started_at=subscription.started_at,
        price=price.pk,
        interval=price.interval or "month",
        amount=subscription.amount,
        charged=_charged(subscription),
        changed=_changed(subscription),
        rests=rests,
        holds=holds,
        ended_at=subscription.ended_at,
        takes_amount=coupon is not None and coupon.kind == Coupon.Kind.AMOUNT,
        was_here=lambda joined_at: _was_here(subscription, joined_at),
    )


def _charged(subscription: Subscription) -> list[Charged]:
    found = []
    for bill in subscription.bills.filter(status="paid").select_related("order"):
        if bill.order is not None and not bill.order.is_paid:  # somebody has to look at it first
            continue
        is_change = bill.reason == "subscription_update"
        if bill.starts_at is not None:
            found.append(Charged(bill.starts_at, _whole(subscription, bill), is_change=is_change))
        elif bill.part_from is not None:
            found.append(Charged(bill.part_from, None, is_change=True))
    return found


def _whole(subscription: Subscription, bill: Bill) -> int:
    """Return what the whole period of a bill costs, after its coupon."""
    if bill.period_amount is not None:
        return int(bill.period_amount)
    if bill.order_id == subscription.order_id:  # written before that was kept: as far as is known
        return int(subscription.line.total)
    return int(bill.amount)


def _changed(subscription: Subscription) -> list[Changed]:
    changes = subscription.plan_changes.filter(applied_at__isnull=False)
    return [
        Changed(
            price=each.price_id,
            was=each.was_id,
            interval=each.price.interval or "month",
            interval_was=each.was.interval or "month",
            amount=each.amount,
            amount_was=each.amount_was,
            is_up=each.is_up,
            asked_at=each.created_at,
            due_at=each.due_at,
            applied_at=each.applied_at,
        )
        for each in changes.select_related("price", "was")
        if each.applied_at is not None
    ]


def _cuts(access: Access | None) -> dict[str, list[Span]]:
    """Return the rests and the holds that were."""
    found: dict[str, list[Span]] = {"rest": [], "hold": []}
    if access is not None:
        for cut in access.span_cuts.filter(because__in=found):
            found[cut.because].append(Span(cut.starts_at, cut.ends_at))
    return found


def _rests(subscription: Subscription, were: list[Span]) -> list[Span]:
    """Return the rests that were, that is and that is set."""
    if subscription.rests_from is None or subscription.rests_until is None:
        return merged(were)
    return merged([*were, Span(subscription.rests_from, subscription.rests_until)])


def _holds(access: Access | None, were: list[Span]) -> list[Span]:
    """Return the holds that were, and the one that has no end yet."""
    since = (access.suspended_at, access.revoked_at) if access is not None else ()
    return merged([*were, *(Span(each, NEVER) for each in since if each is not None)])


def _was_here(subscription: Subscription, joined_at: datetime) -> bool:
    """Whether the same customer paid for the same product by another subscription before."""
    earlier = Bill.objects.filter(
        subscription__customer=subscription.customer_id,
        subscription__product=subscription.product_id,
        subscription__order__is_test=False,
        status="paid",
        starts_at__lt=joined_at,
    )
    return bool(earlier.exclude(subscription=subscription.pk).exists())


def _access_of(subscription: Subscription) -> Access | None:
    """Return what it gave, also where that was taken back."""
    given = Access.objects.filter(
        source_kind=SourceKind.SUBSCRIPTION, source_id=str(subscription.pk)
    )
    found: Access | None = given.filter(product=subscription.product_id).first()
    return found
