"""“Renew here”: one letter each, one reminder before the old date, and a kind word at the end.

They are about what somebody has, so they go to everybody who can pay on; nothing is sold in them.
Each is written in the transaction that notes it, so twice is once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import override

from access.models import Access
from core import money
from core.queue import wake
from mail.services.outbox import Letter, post_many
from payments.models import MoveIn, MoveInRow, RenewHere, Subscription
from payments.services.accounts import payment_account, why_not_charging
from payments.services.addresses import page_url
from payments.services.moving_in.bringing import WORK, locked_at
from payments.services.subscriptions.telling import day_in_words
from payments.services.subscriptions.terms import period_total
from products.services.rhythms import a_period
from stores.scope import all_stores, current_store, current_store_id

BATCH = 200
REMIND_BEFORE = timedelta(days=3)
APART = timedelta(days=2)
"""A reminder so soon after the letter would be one too many."""
LATE = timedelta(days=14)
"""So long after its end nobody is told that it ended."""
NEW, AGAIN, OVER = "renew_here", "renew_here_again", "renew_here_over"


def why_no_letters(move_in: MoveIn) -> str:
    """Return why letters cannot be sent; empty when they can."""
    return why_not_charging(payment_account())


@transaction.atomic
def send(move_in: MoveIn, *, now: datetime) -> bool:
    """Let everybody who can pay on have their letter, once; return whether there is any to send."""
    locked = locked_at(move_in)
    if locked.state != MoveIn.State.DONE or why_no_letters(locked):
        return False
    locked.letters_at = locked.letters_at or now
    locked.save(update_fields=["letters_at"])
    wake(WORK, current_store_id())
    return True


@transaction.atomic
def withdraw(letters: QuerySet[RenewHere], *, now: datetime) -> int:
    """Take links back whose readers do not pay here yet; return how many those were."""
    return letters.filter(renewed_at=None, withdrawn_at=None).update(withdrawn_at=now)


def stores_with_due(now: datetime) -> set[int]:
    """Find the stores in which a letter is to be written; across all stores."""
    found: set[int] = set()
    with all_stores():
        for rows in (_to_write(now), _to_remind(now), _to_say_over(now)):
            found |= set(rows.values_list("store_id", flat=True))
    return found


def work_on(now: datetime) -> None:
    """Write what is due in the store in scope, in batches."""
    for pks, write in (
        (_to_write(now), _write),
        (_to_remind(now), _remind),
        (_to_say_over(now), _say_over),
    ):
        due = list(pks.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(due), BATCH):
            write(due[start : start + BATCH], now)


def _to_write(now: datetime) -> QuerySet[MoveInRow]:
    """Return the lines whose people can pay on and have no letter yet."""
    asked = MoveInRow.objects.filter(
        move_in__letters_at__isnull=False,
        move_in__state=MoveIn.State.DONE,
        state=MoveInRow.State.MOVED,
        does__letter=True,
        access__renew_here=None,
        access__ends_at__gt=now,
        access__revoked_at=None,
        access__price__isnull=False,
        customer__erased_at=None,
    )
    found: QuerySet[MoveInRow] = asked.exclude(Exists(_paying("customer", "product")))
    return found


def _to_remind(now: datetime) -> QuerySet[RenewHere]:
    due: QuerySet[RenewHere] = _silent().filter(
        reminded_at=None,
        charges_at__gt=now,
        charges_at__lte=now + REMIND_BEFORE,
        told_at__lte=now - APART,
    )
    return due


def _to_say_over(now: datetime) -> QuerySet[RenewHere]:
    over: QuerySet[RenewHere] = _silent().filter(
        said_over_at=None, ends_at__lte=now, ends_at__gt=now - LATE
    )
    return over


def _silent() -> QuerySet[RenewHere]:
    """Return the letters nobody answered, of people who do not pay for it here some other way."""
    rows: QuerySet[RenewHere] = RenewHere.objects.unanswered().filter(
        customer__erased_at=None, access__revoked_at=None
    )
    return rows.exclude(Exists(_paying("customer", "access__product")))


def _paying(customer: str, product: str) -> QuerySet[Subscription]:
    found: QuerySet[Subscription] = Subscription.objects.filter(
        Q(ended_at=None), customer=OuterRef(customer), product=OuterRef(product)
    )
    return found


@transaction.atomic
def _write(pks: Sequence[int], now: datetime) -> None:
    rows = _to_write(now).filter(pk__in=pks).select_related("access").order_by("pk")
    RenewHere.objects.bulk_create(
        [_letter(row, row.access, now) for row in rows if row.access is not None],
        ignore_conflicts=True,
    )
    accesses = [row.access_id for row in rows]
    _post(NEW, RenewHere.objects.filter(access__in=accesses, told_at=now))


def _letter(row: MoveInRow, access: Access, now: datetime) -> RenewHere:
    assert access.price_id is not None  # noqa: S101 -- there is something to pay on for
    return RenewHere(
        store_id=current_store_id(),
        move_in_id=row.move_in_id,
        access=access,
        customer_id=access.customer_id,
        price_id=access.price_id,
        charges_at=datetime.fromisoformat(row.does["charges_at"]),
        ends_at=access.ends_at or now,
        told_at=now,
    )


@transaction.atomic
def _remind(pks: Sequence[int], now: datetime) -> None:
    rows = list(_to_remind(now).filter(pk__in=pks).values_list("pk", flat=True))
    RenewHere.objects.filter(pk__in=rows).update(reminded_at=now)
    _post(AGAIN, RenewHere.objects.filter(pk__in=rows))


@transaction.atomic
def _say_over(pks: Sequence[int], now: datetime) -> None:
    rows = list(_to_say_over(now).filter(pk__in=pks).values_list("pk", flat=True))
    RenewHere.objects.filter(pk__in=rows).update(said_over_at=now)
    _post(OVER, RenewHere.objects.filter(pk__in=rows))


def _post(kind: str, letters: Iterable[RenewHere]) -> None:
    rows = RenewHere.objects.filter(pk__in=[each.pk for each in letters]).select_related(
        "customer__user", "access__product", "price__product"
    )
    post_many(
        kind,
        [
            Letter(
                key=f"{kind}:{each.access.public_id}",
                to=each.customer.user.email,
                name=each.customer.name,
                language=language_of(each),
                context=_words(kind, each),
            )
            for each in rows
        ],
    )


def language_of(letter: RenewHere) -> str:
    """Return the language somebody is written to in."""
    return letter.customer.language or current_store().language


def renew_url(letter: RenewHere) -> str:
    """Return where the letter's button leads: it works signed out, for its reader alone."""
    return page_url("payments:renew-here", letter.key, language=language_of(letter))


def each_time_of(letter: RenewHere, language: str) -> str:
    """Return what is paid each time: "₪59 a month"."""
    price = letter.price
    amount = _display(letter, language)
    with override(language):
        return a_period(price, amount)


def _display(letter: RenewHere, language: str) -> str:
    total = period_total(letter.price, letter.charges_at)
    return money.display(total, letter.price.currency, language)


def _words(kind: str, letter: RenewHere) -> dict[str, Any]:
    language = language_of(letter)
    product = letter.access.product
    words = {"title": product.title, "store_name": current_store().name}
    if kind == OVER:
        page = page_url("storefront:product", product.slug or product.public_id, language=language)
        return {**words, "product_url": page}
    return {
        **words,
        "amount": each_time_of(letter, language),
        "day": day_in_words(letter.charges_at, language),
        "renew_url": renew_url(letter),
    }
