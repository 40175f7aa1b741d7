"""What lines of a file would do, or do: reckoned once, for the try-out and for the deed alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from access.models import Access, SourceKind
from accounts.models import Consent, Customer
from core import clock
from payments.models import MoveIn, MoveInRow, Subscription
from payments.services.moving_in.fields import cells_by_field
from payments.services.moving_in.values import Reader, Said, Trouble
from payments.services.subscriptions.terms import store_terms
from products.models import Price, Product
from stores.scope import current_store

SOURCE = "moved-in"
"""The source of what a file gives; after an undo, with a number."""
UNDONE = "moved in by mistake"
NOON = time(12)
"""Charges are moved to noon: the same day in the store's zone and in Stripe's."""
LONGEST_AHEAD = timedelta(days=730)
"""How far ahead Stripe lets a first charge be."""
NEAR = timedelta(days=3)
"""So near two days of the month are one: the 31st is charged on the 28th of February."""
State = MoveInRow.State


@dataclass
class Plan:
    """What one line comes to."""

    row: MoveInRow
    said: Said
    product: Product | None = None
    customer: Customer | None = None
    access: Access | None = None
    """What it gave before, where it is here already."""
    is_new: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    paid_from: datetime | None = None
    paid_until: datetime | None = None
    charges_at: datetime | None = None
    consent_on: date | None = None
    state: str = State.GOOD
    notes: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether it moves somebody in."""
        return self.state == State.GOOD

    def does(self, now: datetime) -> dict[str, Any]:
        """Return it as plain values, for its page and for the counts."""
        return {
            "is_new": self.is_new,
            "until": self.ends_at.isoformat() if self.ends_at else "",
            "is_open": self.ends_at is None or self.ends_at > now,
            "months": self.said.months or 0,
            "amount": self.said.amount or 0,
            "interval": self.said.interval if self.said.amount else "",
            "charges_at": self.charges_at.isoformat() if self.charges_at else "",
            "letter": self.gets_letter(now),
            "welcome": self.gets_welcome(now),
            "consent": self.consent_on is not None,
            "notes": self.notes,
        }

    def gets_letter(self, now: datetime) -> bool:
        """Whether there is something to pay on for, and time to say so."""
        return bool(self.said.amount and self.ends_at is not None and self.ends_at > now)

    def gets_welcome(self, now: datetime) -> bool:
        """Whether it is open with nothing to pay on for, so that no other letter speaks of it."""
        is_open = self.ends_at is None or self.ends_at > now
        return self.is_good and is_open and not self.gets_letter(now)


@dataclass
class _Known:
    """What is in the store of the people in a batch, fetched at once."""

    products: dict[str, list[Product]]
    customers: dict[str, Customer]
    accesses: dict[tuple[int, int], list[Access]]
    paying: set[tuple[int, int]]
    consents: dict[int, list[Consent]]
    undone: set[int]
    given_as: dict[int, MoveInRow]
    earlier: dict[tuple[str, int], int]


def plan(move_in: MoveIn, rows: Sequence[MoveInRow], now: datetime) -> list[Plan]:
    """Return what these lines would do now, in their order, at a constant number of queries."""
    store = current_store()
    reader = Reader(
        currency=store.currency,
        languages=(store.language, *store.other_languages),
        interval=move_in.interval,
        is_day_first=move_in.is_day_first,
    )
    plans = [Plan(row, reader.said(cells_by_field(row.cells, move_in.columns))) for row in rows]
    known = _known(move_in, plans)
    for each in plans:
        each.troubles = list(each.said.troubles)
        _find_product(each, move_in, known)
        _find_person(each, known)
        if each.product is not None:
            _reckon(each, now)
            _compare(each, known)
        _reckon_consent(each, known, now)
        if each.troubles:
            each.state = State.BAD
        elif each.product is not None:
            known.earlier.setdefault((each.said.email, each.product.pk), each.row.line)
    return plans


def _find_product(each: Plan, move_in: MoveIn, known: _Known) -> None:
    word = each.said.product
    if not word:
        each.product = move_in.product
        if each.product is None:
            each.troubles.append(("no_product", ""))
        return
    found = known.products.get(word.casefold(), [])
    if len(found) == 1:
        each.product = found[0]
    else:
        each.troubles.append(("many_products" if found else "unknown_product", word))


def _find_person(each: Plan, known: _Known) -> None:
    email = each.said.email
    each.customer = known.customers.get(email)
    each.is_new = each.customer is None
    if each.product is None or not email:
        return
    line = known.earlier.get((email, each.product.pk))
    if line is not None and line != each.row.line:
        each.troubles.append(("twice", str(line)))


def _reckon(each: Plan, now: datetime) -> None:
    """Set the dates: since when, paid for until when, open until when."""
    said, product = each.said, each.product
    assert product is not None  # noqa: S101 -- the caller has asked
    zone = current_store().zone
    today = clock.local_day(now, zone)
    if said.since is not None and said.since > today:
        each.troubles.append(("since_ahead", said.since.isoformat()))
    if said.since and said.next_charge and said.since >= said.next_charge:
        each.troubles.append(("since_after", said.since.isoformat()))
    if said.amount and Price.Kind.SUBSCRIPTION not in product.contract.price_kinds:
        each.troubles.append(("paid_once", product.title))
    since = clock.start_of_day(said.since, zone) if said.since else None
    if said.next_charge is None:
        if (said.amount or product.rhythm) and not said.is_for_good:
            if not any(code == "bad_next_charge" for code, _text in each.troubles):
                each.troubles.append(("no_next_charge", ""))
        elif said.amount:
            each.troubles.append(("for_good_and_paid", ""))
        each.starts_at = since or clock.add_period(now, "month", -(said.months or 0), zone)
        return
    until = clock.at_local(said.next_charge, NOON, zone)
    if until > now + LONGEST_AHEAD:
        each.troubles.append(("too_far", said.next_charge.isoformat()))
    each.ends_at = until + timedelta(days=store_terms().days_to_fix)
    each.charges_at = until if said.amount else None
    each.paid_until = until
    each.paid_from = _paid_from(said, until, since)
    each.starts_at = min(since or each.paid_from, each.paid_from, now)
    if each.ends_at <= now:
        each.notes.append("over")


def _paid_from(said: Said, until: datetime, since: datetime | None) -> datetime:
    """Return from when on time was paid for without a gap: so many months, or since they came.

    Where nobody said either it is the period that ends with the next charge.
    """
    zone = current_store().zone
    if said.months is not None:
        return clock.add_period(until, "month", -said.months, zone)
    if since is None:
        begins = clock.add_period(until, said.interval or "month", -1, zone)
        said.months = {"week": 0, "month": 1, "quarter": 3, "year": 12}[said.interval or "month"]
        return begins
    first = clock.at_local(clock.local_day(since, zone), NOON, zone)
    count = 0
    while clock.add_period(until, "month", -(count + 1), zone) >= first - NEAR:
        count += 1
    said.months = count
    whole = clock.add_period(until, "month", -count, zone)
    return whole if abs(whole - first) <= NEAR else first


def _compare(each: Plan, known: _Known) -> None:
    """Leave alone who has it already; say so where it came from a file that said otherwise."""
    if each.customer is None or each.product is None:
        return
    key = (each.customer.pk, each.product.pk)
    if key in known.paying:
        each.state, each.notes = State.SAME, ["pays_here"]
        return
    theirs = [row for row in known.accesses.get(key, ()) if row.revoked_at is None]
    moved = next((row for row in theirs if row.source_kind == SourceKind.IMPORT), None)
    if moved is not None:
        each.state, each.access, each.notes = State.SAME, moved, ["moved_in"]
        before = known.given_as.get(moved.pk)
        if before is not None and _promised(before) != _wanted(each):
            day = str(before.does.get("until", ""))[:10]
            each.troubles.append(("other_before", day))
    elif each.ends_at is None and any(row.ends_at is None for row in theirs):
        each.state, each.notes = State.SAME, ["owned"]


def _promised(row: MoveInRow) -> tuple[str, int]:
    return str(row.does.get("until", "")), int(row.does.get("amount", 0))


def _wanted(each: Plan) -> tuple[str, int]:
    return each.ends_at.isoformat() if each.ends_at else "", each.said.amount or 0


def _reckon_consent(each: Plan, known: _Known, now: datetime) -> None:
    """Write a yes down only with its day and its source, and never against a later no."""
    said = each.said
    if not said.consent:
        return
    if said.consent_on is None or not said.consent_source:
        each.notes.append("no_proof")
        return
    if said.consent_on > clock.local_day(now, current_store().zone):
        each.troubles.append(("consent_ahead", said.consent_on.isoformat()))
        return
    rows = known.consents.get(each.customer.pk, []) if each.customer else []
    if any(row.withdrawn_at is None for row in rows):
        return
    if any(row.pk not in known.undone for row in rows):
        each.notes.append("left_news")
        return
    each.consent_on = said.consent_on


def _known(move_in: MoveIn, plans: Sequence[Plan]) -> _Known:
    emails = {each.said.email for each in plans if each.said.email}
    customers = {
        row.user.email: row
        for row in Customer.objects.filter(user__email__in=emails).select_related("user")
    }
    pks = [row.pk for row in customers.values()]
    accesses: dict[tuple[int, int], list[Access]] = defaultdict(list)
    for access in Access.objects.filter(customer__in=pks, parent=None).order_by("pk"):
        accesses[access.customer_id, access.product_id].append(access)
    paying = Subscription.objects.standing().filter(customer__in=pks)
    consents: dict[int, list[Consent]] = defaultdict(list)
    for consent in Consent.objects.filter(customer__in=pks, purpose=Consent.Purpose.NEWS):
        consents[consent.customer_id].append(consent)
    yeses = [row.pk for rows in consents.values() for row in rows]
    undone = MoveInRow.objects.filter(consent__in=yeses, state=State.UNDONE)
    given = [row.pk for rows in accesses.values() for row in rows]
    earlier = MoveInRow.objects.filter(
        move_in=move_in, email__in=emails, product__isnull=False
    ).exclude(state__in=(State.WAITING, State.BAD))
    firsts: dict[tuple[str, int], int] = {}
    for email, product, line in earlier.order_by("line").values_list("email", "product", "line"):
        firsts.setdefault((email, product), line)
    return _Known(
        products=_products(plans),
        customers=customers,
        accesses=accesses,
        paying=set(paying.values_list("customer", "product")),
        consents=consents,
        undone=set(undone.values_list("consent", flat=True)),
        given_as={
            row.access_id: row
            for row in MoveInRow.objects.filter(access__in=given, state=State.MOVED)
            if row.access_id is not None
        },
        earlier=firsts,
    )


def _products(plans: Iterable[Plan]) -> dict[str, list[Product]]:
    """Return the store's products by what a file may call them: title, address, public id."""
    found: dict[str, list[Product]] = defaultdict(list)
    if not any(each.said.product for each in plans):
        return found
    for product in Product.objects.kept():
        for word in {product.title.casefold(), product.slug.casefold(), product.public_id}:
            if word:
                found[" ".join(word.split())].append(product)
    return found
