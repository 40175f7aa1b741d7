"""The walk of a night: due rows, each a part of the check, worked off page by page.

A worker may die after any page: the row stays due from there. Nothing is held in memory but a page.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F

from payments.errors import PaymentError
from payments.models import NightlyCheck, Order, PaymentAccount
from payments.rules import backoff
from payments.services.nightly import ours, pages, returning, theirs
from payments.services.nightly.findings import Finding
from payments.services.nightly.recording import close_gone, record
from stores.models import Store
from stores.scope import all_stores, store_scope

LISTS: dict[str, theirs.Compare] = {
    "charges": theirs.compare_charges,
    "refunds": theirs.compare_refunds,
    "disputes": theirs.compare_disputes,
    "movements": theirs.compare_movements,
    "subscriptions": returning.compare_subscriptions,
}
BEFORE_UNSEEN = ("charges", "refunds", "disputes", "subscriptions")
LEASE = timedelta(minutes=5)
YOUNG = timedelta(hours=1)
"""What is younger may still be on its way to us, and is looked at the next night."""
PAGES_AT_ONCE = 20
KEPT_FOR = timedelta(days=30)


def begin_night(night: date, now: datetime) -> int:
    """Write down the parts of a night's check, once; return how many there are."""
    rows = []
    for account in accounts() if settings.STRIPE_API_KEY else ():
        rows += [
            _row(night, part, now, stripe_account=account, scope=account)
            for part in (*LISTS, "unseen")
        ]
    with all_stores():
        stores = [*Order.objects.order_by().values_list("store_id", flat=True).distinct()]
    rows += [_row(night, "orders", now, store_id=pk, scope=f"store:{pk}") for pk in stores]
    NightlyCheck.objects.bulk_create(rows, ignore_conflicts=True)
    NightlyCheck.objects.filter(night__lt=night - KEPT_FOR).delete()
    return len(rows)


def _row(night: date, part: str, now: datetime, **where: object) -> NightlyCheck:
    return NightlyCheck(night=night, part=part, due_at=now, started_at=now, **where)


def accounts() -> list[str]:
    """Return the accounts at Stripe that stores charge through; the first is the platform's."""
    with all_stores():
        own = PaymentAccount.objects.exclude(stripe_account="")
        return ["", *own.values_list("stripe_account", flat=True).distinct()]


def work_due(now: datetime, *, pages_at_once: int = PAGES_AT_ONCE) -> int:
    """Work off due parts, some pages each; return how many pages were looked at."""
    looked = 0
    for check in NightlyCheck.objects.filter(state="due", due_at__lte=now).order_by("id"):
        if not _claim(check, now):
            continue
        try:
            looked += _walk(check, now, pages_at_once)
        except PaymentError as error:
            NightlyCheck.objects.filter(pk=check.pk).update(
                error=str(error)[:300], due_at=now + backoff(check.attempts)
            )
    return looked


def _claim(check: NightlyCheck, now: datetime) -> bool:
    mine = NightlyCheck.objects.filter(pk=check.pk, state="due", due_at=check.due_at)
    claimed = mine.update(due_at=now + LEASE, attempts=F("attempts") + 1)
    check.refresh_from_db()
    return bool(claimed)


def _walk(check: NightlyCheck, now: datetime, most: int) -> int:
    if check.part == "unseen" and not _lists_are_done(check):
        NightlyCheck.objects.filter(pk=check.pk).update(due_at=now + timedelta(minutes=1))
        return 0
    for number in range(1, most + 1):
        findings, cursor = look(check, before=check.started_at - YOUNG)
        record(findings, now)
        if not cursor:
            _finish(check, now)
            return number
        NightlyCheck.objects.filter(pk=check.pk).update(cursor=cursor, error="", attempts=0)
        check.cursor = cursor
    NightlyCheck.objects.filter(pk=check.pk).update(due_at=now)
    return most


def look(check: NightlyCheck, *, before: datetime | None) -> tuple[list[Finding], str]:
    """Return what one page of a part shows, and where the next begins; empty at the end."""
    at = check.started_at
    if check.store is not None:
        with store_scope(check.store):
            orders = ours.orders_after(check.cursor)
            return ours.compare_orders(orders, at), str(orders[-1].pk) if orders else ""
    account = check.stripe_account
    if check.part == "unseen":
        with all_stores():
            return theirs.find_unseen(account, at), ""
    page = pages.page(check.part, account, check.cursor)
    rows = [row for row in page.rows if before is None or row.created <= int(before.timestamp())]
    with all_stores():
        theirs.mark_seen(check.part, account, page.rows, at)
        return LISTS[check.part](account, rows, at), page.cursor


def _lists_are_done(check: NightlyCheck) -> bool:
    same = NightlyCheck.objects.filter(night=check.night, scope=check.scope, part__in=BEFORE_UNSEEN)
    return not same.filter(state="due").exists()


def _finish(check: NightlyCheck, now: datetime) -> None:
    close_gone(
        check.part,
        stripe_account=check.stripe_account,
        store_id=check.store_id,
        since=check.started_at,
        now=now,
    )
    NightlyCheck.objects.filter(pk=check.pk).update(
        state=NightlyCheck.State.DONE, done_at=now, error=""
    )


def every_part(now: datetime) -> list[NightlyCheck]:
    """Return all parts of a check, not written down: for looking at everything at once."""
    found = [
        _row(now.date(), part, now, stripe_account=account, scope=account)
        for account in accounts()
        for part in (*LISTS, "unseen")
        if settings.STRIPE_API_KEY
    ]
    with all_stores():
        stores = Store.objects.filter(
            pk__in=[*Order.objects.order_by().values_list("store_id", flat=True).distinct()]
        )
        found += [
            _row(now.date(), "orders", now, store=store, scope=f"store:{store.pk}")
            for store in stores
        ]
    return found
