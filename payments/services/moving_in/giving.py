"""Doing what a line says: a customer, access, the months paid for, the old price, a proved yes."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext, override

from access.contract import Source
from access.models import Access, SourceKind
from access.services import granting
from accounts.models import Consent, Customer
from accounts.services.consents import give_consent, has_consent
from core import clock
from payments.models import MoveInRow
from payments.services.accounts import customer_at
from payments.services.moving_in.planning import SOURCE, Plan
from products.models import Price, Product
from stores.scope import current_store

State = MoveInRow.State


def give(plan: Plan, *, by: str, now: datetime) -> MoveInRow:
    """Give what a good line promises, and write on its row what that was.

    Given twice it is given once: access is of one source, and the months are set, never added.
    """
    row, said, product = plan.row, plan.said, plan.product
    assert product is not None  # noqa: S101 -- it is a good one
    assert plan.starts_at is not None  # noqa: S101 -- as above
    customer = customer_at(said.email, said.name, said.language)
    access = granting.grant(
        customer,
        product=product,
        source=Source(SourceKind.IMPORT, _source(customer, product)),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        price=kept_price(product, said.amount, said.interval, now) if said.amount else None,
        now=now,
        by=by,
        because=_because(),
    )
    if plan.paid_from and plan.paid_until and plan.paid_from < plan.paid_until:
        granting.record_paid(
            access, source=SOURCE, starts_at=plan.paid_from, ends_at=plan.paid_until, now=now
        )
    row.customer, row.access = customer, access
    row.consent = _consent(plan, customer, now)
    row.state = State.MOVED
    return row


def _because() -> str:
    with override(current_store().language):
        return gettext("moved in")


def kept_price(product: Product, amount: int, interval: str, now: datetime) -> Price:
    """Return the price people pay who moved in: theirs alone, frozen, and nowhere on sale."""
    price: Price = Price.objects.get_or_create(
        product_id=product.pk,
        kind=Price.Kind.SUBSCRIPTION,
        amount=amount,
        currency=current_store().currency,
        interval=interval,
        is_moved_in=True,
        defaults={
            "is_active": False,
            "is_listed": False,
            "sold_at": now,
            "position": 99,
        },
    )[0]
    return price


def _source(customer: Customer, product: Product) -> str:
    """Return by which name it is given: the same again, and another one after it was undone."""
    before = Access.objects.filter(
        customer=customer, product_id=product.pk, source_kind=SourceKind.IMPORT
    )
    standing = before.filter(revoked_at=None, source_id__startswith=SOURCE)
    known: str | None = standing.values_list("source_id", flat=True).first()
    if known is not None:
        return known
    count = before.filter(source_id__startswith=SOURCE).count()
    return f"{SOURCE}-{count + 1}" if count else SOURCE


def _consent(plan: Plan, customer: Customer, now: datetime) -> Consent | None:
    """Write a yes down as it was given elsewhere; one that stands stays, and is not this file's."""
    if plan.consent_on is None or has_consent(customer):
        return None
    language = plan.said.language
    with override(language):
        wording = gettext("Agreed elsewhere, before moving here: %(source)s") % {
            "source": plan.said.consent_source
        }
    given_at = clock.start_of_day(plan.consent_on, current_store().zone)
    return give_consent(
        customer,
        source=plan.said.consent_source,
        language=language,
        wording=wording,
        now=min(given_at, now),
    )
