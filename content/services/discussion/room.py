"""Who may be in the discussion of a product, what they may read, and whether they may write."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from access.contract import Open, Viewer
from access.services.gate import may_open
from accounts.models import Customer
from content.models import Discussion, Voice
from core.prepared import Among, Prepared, given, padded
from products.models import Part, Product

State = Discussion.State
HAVING = frozenset({"access", "grant", "staff"})
"""Why a part must be open: a discussion is among those who have it, and no preview of it."""


@dataclass(frozen=True)
class Room:
    """The discussion of one product as one viewer may take part in it."""

    product: Product
    part_ids: frozenset[int]
    """Of the parts whose questions they read."""
    state: str
    customer: Customer | None = None
    voice: Voice | None = None
    is_staff: bool = False

    @property
    def can_write(self) -> bool:
        """Whether the discussion is open and nobody stopped this customer from writing."""
        is_silent = self.voice is not None and self.voice.silenced_at is not None
        return self.state == State.ON and self.customer is not None and not is_silent

    @property
    def is_silenced(self) -> bool:
        """Whether this customer was stopped from writing."""
        return self.voice is not None and self.voice.silenced_at is not None


OF_PRODUCT = Prepared(lambda: Discussion.objects.filter(product_id=given("product", int)))


OF_PRODUCTS = Prepared(
    lambda count: Discussion.objects.filter(Among("product_id", "products", count))
)


def state_of(product: Product) -> str:
    """Return whether a product's discussion is off, on, or closed."""
    found = OF_PRODUCT.first(product=product.pk)
    return found.state if found is not None else State.OFF


def is_on(product: Product) -> bool:
    """Whether there is a discussion to lead to."""
    return state_of(product) != State.OFF


def on_for(product_ids: Collection[int]) -> set[int]:
    """Return which of these products, by primary key, have a discussion to lead to."""
    asked = padded(sorted(product_ids))
    found = OF_PRODUCTS.rows(len(asked), products=asked) if asked else ()
    return {each.product_id for each in found if each.state != State.OFF}


def set_state(product: Product, state: str) -> None:
    """Switch a product's discussion on, off, or close it; what was written is kept each time."""
    Discussion.objects.update_or_create(product_id=product.pk, defaults={"state": State(state)})


def enter(viewer: Viewer, product: Product, now: datetime) -> Room | None:
    """Return the room as this viewer may use it; None when there is none, or it is not theirs."""
    state = state_of(product)
    if state == State.OFF or (viewer.customer is None and not viewer.is_staff):
        return None
    parts = list(Part.objects.filter(product=product.pk).select_related("product"))
    answers = may_open(viewer, parts, now)
    opened = frozenset(part.pk for part in parts if _has(answers[part]))
    if not opened:
        return None
    customer = viewer.customer
    voice: Voice | None = None
    if customer is not None:
        voice = Voice.objects.filter(customer=customer.pk).first()
    return Room(product, opened, state, customer, voice, viewer.is_staff)


def _has(answer: object) -> bool:
    return isinstance(answer, Open) and answer.because in HAVING
