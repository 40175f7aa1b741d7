"""Ways to pay for a product, and the places and copies taken at them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from core import days, money, tokens
from products.models.products import Product
from products.querysets import HoldQuerySet, PriceQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

PriceManager = StoreManager.from_queryset(PriceQuerySet)
HoldManager = StoreManager.from_queryset(HoldQuerySet)

RHYTHMS = {
    "week": _("every week"),
    "month": _("every month"),
    "quarter": _("every three months"),
    "year": _("every year"),
}
"""How often a subscription is charged, in words."""


class Price(StoreModel):
    """One way to pay for a product, with a length of access; frozen once sold."""

    class Kind(models.TextChoices):
        """How it is paid."""

        ONE_TIME = "one_time", _("one payment")
        SUBSCRIPTION = "subscription", _("subscription")
        INSTALMENTS = "instalments", _("monthly charges")
        PAY_WHAT_YOU_WANT = "pay_what_you_want", _("pay what you want")
        FREE = "free", _("free")

    class Length(models.TextChoices):
        """How long access lasts."""

        FOR_GOOD = "for_good", _("for good")
        PERIODS = "periods", _("a number of weeks or months")
        UNTIL = "until", _("until a date")
        UNITS = "units", _("a number of issues")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    label = models.CharField(_("name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.ONE_TIME)
    amount = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, editable=False)
    compare_at = models.PositiveIntegerField(null=True, blank=True)
    floor = models.PositiveIntegerField(null=True, blank=True)
    interval = models.CharField(
        max_length=8,
        blank=True,
        choices=[
            ("week", _("week")),
            ("month", _("month")),
            ("quarter", _("quarter")),
            ("year", _("year")),
        ],
    )
    charges = models.PositiveSmallIntegerField(null=True, blank=True)
    """In how many monthly charges ``amount``, the whole of it, is paid."""
    trial_days = models.PositiveSmallIntegerField(default=0)
    length = models.CharField(
        _("length of access"), max_length=10, choices=Length.choices, default=Length.FOR_GOOD
    )
    length_count = models.PositiveSmallIntegerField(null=True, blank=True)
    length_unit = models.CharField(
        max_length=8, blank=True, choices=[("week", _("weeks")), ("month", _("months"))]
    )
    length_until = models.DateField(null=True, blank=True)
    option = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    doors_open_at = models.DateTimeField(null=True, blank=True)
    doors_close_at = models.DateTimeField(null=True, blank=True)
    for_owners_of = models.ForeignKey(
        Product,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owner_prices",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on sale"), default=True)
    is_listed = models.BooleanField(default=True)
    is_moved_in = models.BooleanField(default=False, editable=False)
    """What people paid in another shop, kept for those who moved in: nobody else can buy at it."""
    is_gift = models.BooleanField(_("only as a gift"), default=False)
    """Whether it is sold for somebody else alone."""
    seats_min = models.PositiveSmallIntegerField(_("places, at least"), null=True, blank=True)
    seats_max = models.PositiveSmallIntegerField(_("places, at most"), null=True, blank=True)
    """How many places a team takes at it; both empty where it is for one."""
    sold_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = PriceManager()

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["for_owners_of"],
                condition=models.Q(for_owners_of__isnull=False),
                name="products_price_for_owners",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(kind="free") | models.Q(amount=0),
                name="products_price_free_is_zero",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["one_time", "subscription", "instalments"])
                | models.Q(amount__gt=0),
                name="products_price_paid_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(seats_min=None, seats_max=None)
                | models.Q(seats_min__gt=0, seats_max__gte=models.F("seats_min")),
                name="products_price_seats_are_a_range",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="instalments") | models.Q(charges__gte=2),
                name="products_price_instalments_are_several",
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.get_kind_display()} {self.display()}"

    def display(self, language: str | None = None) -> str:
        """Return the amount in the reader's language."""
        return money.display(self.amount, self.currency, language)

    @property
    def in_words(self) -> str:
        """Return a price as one line for whoever sets it: name, amount, kind and length."""
        amount = self.display() if self.amount else ""
        said = (self.label, amount, self._kind_in_words(), self._length_in_words())
        return " · ".join(each for each in said if each)

    def _kind_in_words(self) -> str:
        kind = str(self.get_kind_display())
        if self.kind == self.Kind.SUBSCRIPTION and self.interval:
            return f"{kind} · {RHYTHMS[self.interval]}"
        if self.kind == self.Kind.INSTALMENTS and self.charges:
            said = ngettext("%(n)s monthly charge", "%(n)s monthly charges", self.charges)
            return said % {"n": self.charges}
        return kind

    def _length_in_words(self) -> str:
        count = self.length_count or 0
        if self.length == self.Length.PERIODS and count:
            if self.length_unit == "week":
                return ngettext("%(n)s week", "%(n)s weeks", count) % {"n": count}
            return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}
        if self.length == self.Length.UNTIL and self.length_until:
            return str(_("until %(day)s") % {"day": days.said(self.length_until)})
        if self.length == self.Length.UNITS and count:
            return ngettext("%(n)s issue", "%(n)s issues", count) % {"n": count}
        return ""

    @property
    def is_team(self) -> bool:
        """Whether it is paid for each place of a team."""
        return self.seats_min is not None and self.seats_max is not None

    def sells_seats(self, seats: int) -> bool:
        """Whether a team may take so many places at it."""
        if self.seats_min is None or self.seats_max is None:
            return False
        return bool(self.seats_min <= seats <= self.seats_max)

    @property
    def is_frozen(self) -> bool:
        """Whether it was sold and so never changes in what matters."""
        return self.sold_at is not None


FROZEN_PRICE_FIELDS = ("kind", "amount", "currency", "interval", "charges", "trial_days", "floor")


class Hold(StoreModel):
    """A place or copy taken by an order until it is paid for, sold, or released.

    A copy that left the house stays taken whatever becomes of its money, until it comes back.
    """

    class Copy(models.TextChoices):
        """Where a copy is that left the house."""

        OUT = "out", pgettext_lazy("a copy", "out")
        BACK = "back", pgettext_lazy("a copy", "back")

    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="holds")
    option = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    order_reference = models.CharField(max_length=40)
    until = models.DateTimeField()
    sold_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    copy = models.CharField(max_length=4, choices=Copy.choices, blank=True)
    """Where the copy it stands for is, once that left the house."""
    is_sale = models.BooleanField(default=True)
    """False for a copy that was sent again: it is gone, and nobody bought it."""

    objects: ClassVar = HoldManager()

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("a place", "hold")
        verbose_name_plural = pgettext_lazy("a place", "holds")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["price", "order_reference"], name="products_hold_once_per_order"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["until"],
                condition=models.Q(sold_at=None, released_at=None),
                name="products_hold_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.price_id} for {self.order_reference}"
