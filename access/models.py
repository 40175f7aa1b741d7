"""The right of one customer to one product from one source, and to single parts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.querysets import AccessQuerySet
from accounts.models import Customer
from core import clock, tokens
from products.models import Part, Price, Product
from stores.models import StoreModel
from stores.scope import StoreManager

AccessManager = StoreManager.from_queryset(AccessQuerySet)


class SourceKind(models.TextChoices):
    """What an access comes from."""

    ORDER_LINE = "order_line", _("order")
    SUBSCRIPTION = "subscription", _("subscription")
    BUNDLE = "bundle", _("bundle")
    GIFT = "gift", _("gift")
    IMPORT = "import", _("import")
    HAND = "hand", _("given by hand")
    REPLACEMENT = "replacement", _("in place of another product")
    SIGN_UP = "sign_up", _("a gift for an address")
    TEAM = "team", _("a place in a team")


class Access(StoreModel):
    """The right of one customer to one product, from one source, between two moments."""

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="accesses")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="accesses")
    source_kind = models.CharField(max_length=12, choices=SourceKind.choices)
    source_id = models.CharField(max_length=40)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    price = models.ForeignKey(
        Price, null=True, blank=True, on_delete=models.PROTECT, related_name="accesses"
    )
    """The price it was bought at, which may include more than the product does."""
    option = models.CharField(max_length=40, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    paid_through = models.DateTimeField(null=True, blank=True)
    units_left = models.PositiveIntegerField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    awaits = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="awaited_by"
    )
    """The presale whose opening this waits for; emptied when its dates are set to that moment."""
    told_opens_at = models.DateTimeField(null=True, blank=True)
    """Which opening its holder was told last; empty once they were told that it is late."""
    term_count = models.PositiveSmallIntegerField(null=True, blank=True)
    term_unit = models.CharField(max_length=8, blank=True)
    """How long it lasts from its beginning, where that is a number of weeks or months."""
    left_plan_at = models.DateTimeField(null=True, blank=True)
    """Since when the plan of what gave it does not include it: it goes its own way from there."""
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = AccessManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("access")
        verbose_name_plural = pgettext_lazy("plural", "access")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer", "product", "source_kind", "source_id"],
                name="access_access_is_unique_per_source",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "product", "customer"], name="access_by_product"),
            models.Index(fields=["store", "source_id", "source_kind"], name="access_by_source"),
            models.Index(
                fields=["store", "parent"],
                condition=models.Q(parent__isnull=False),
                name="access_by_parent",
            ),
            models.Index(
                fields=["awaits", "id"],
                condition=models.Q(awaits__isnull=False),
                name="access_awaits_an_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.product_id} ({self.source_kind})"

    @property
    def followers(self) -> AccessQuerySet:
        """What it gave and what goes with it: neither taken back nor left with another plan."""
        found: AccessQuerySet = self.children.filter(revoked_at=None, left_plan_at=None)
        return found

    def is_live(self, now: datetime) -> bool:
        """Whether it opens anything at ``now``."""
        return self.has_begun(now) and self.stands(now)

    def has_begun(self, now: datetime) -> bool:
        """Whether its beginning has passed; what waits for a presale begins when that opened."""
        if self.awaits_id is None:
            return self.starts_at <= now
        awaited = [self.product, *([self.awaits] if self.awaits_id != self.product_id else [])]
        return not any(
            each.is_presale or (each.opened_at is not None and now < each.opened_at)
            for each in awaited
            if each is not None
        )

    @property
    def awaited_ids(self) -> set[int]:
        """The products that must have opened before this begins, by primary key."""
        return {self.product_id, self.awaits_id} if self.awaits_id is not None else set()

    def stands(self, now: datetime) -> bool:
        """Whether nothing but its beginning could keep it closed at ``now``."""
        return (
            self.revoked_at is None
            and self.suspended_at is None
            and not self.is_over(now)
            and not self.is_paused(now)
        )

    def is_over(self, now: datetime) -> bool:
        """Whether its end has passed; time that is counted from an opening has not begun to run."""
        if self.ends_at is None or (self.awaits_id is not None and self.term_count):
            return False
        return self.ends_at <= now

    def is_paused(self, now: datetime) -> bool:
        """Whether it rests at ``now``."""
        if self.paused_at is None:
            return False
        return self.paused_at <= now and (self.paused_until is None or now < self.paused_until)


class AccessEvent(StoreModel):
    """One change of an access: who, when, why, from what. Appended, never changed."""

    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=clock.now)
    what = models.CharField(max_length=12)
    by = models.CharField(max_length=80, blank=True)
    because = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of an access", "change")
        verbose_name_plural = pgettext_lazy("of an access", "changes")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.what} {self.access_id}"


class PaidSpan(StoreModel):
    """Time that was paid for; tenure is counted in it."""

    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="paid_spans")
    source = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta(StoreModel.Meta):
        ordering = ("starts_at", "id")
        verbose_name = _("paid time")
        verbose_name_plural = pgettext_lazy("plural", "paid time")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["access", "source"], name="access_paidspan_unique_per_source"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")),
                name="access_paidspan_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}…{self.ends_at:%Y-%m-%d}"


class SpanCut(StoreModel):
    """Time taken out of what was paid for: a rest or a hold. The spans themselves stay as paid."""

    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="span_cuts")
    because = models.CharField(max_length=12)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta(StoreModel.Meta):
        ordering = ("starts_at", "id")
        verbose_name = _("time that did not count")
        verbose_name_plural = pgettext_lazy("plural", "time that did not count")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["access", "because", "starts_at"], name="access_spancut_once"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")),
                name="access_spancut_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.because} {self.starts_at:%Y-%m-%d}…{self.ends_at:%Y-%m-%d}"


class PartGrant(StoreModel):
    """The right of one customer to one part, whatever becomes of the access, a refund apart."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="part_grants")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="grants")
    source_kind = models.CharField(max_length=12)
    source_id = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True)
    granted_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("to a part", "grant")
        verbose_name_plural = pgettext_lazy("to a part", "grants")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer", "part", "source_kind", "source_id"],
                name="access_partgrant_unique_per_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} → part {self.part_id}"


class PartKey(StoreModel):
    """A key to one part for one customer, carried by a link in a mail; never to the account."""

    MAX_BROWSERS: ClassVar[int] = 3

    key_hash = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="part_keys")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="keys")
    browsers = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("to a part", "key")
        verbose_name_plural = pgettext_lazy("to a part", "keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.customer_id} → part {self.part_id}"


class Owed(StoreModel):
    """A promise not kept, to be made good in time or money."""

    class Unit(models.TextChoices):
        """What is owed."""

        PERIOD = "period", _("period")
        DAY = "day", _("day")
        ISSUE = "issue", _("issue")

    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="owed")
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=8, choices=Unit.choices)
    because = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    moved_from = models.DateTimeField(null=True, blank=True)
    moved_until = models.DateTimeField(null=True, blank=True)
    """The time that is free of charge for it, where a charge was moved."""
    returned_at = models.DateTimeField(null=True, blank=True)
    """When it, or what was not used of it, went back in money, because its holder left."""

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("a promise", "owed")
        verbose_name_plural = pgettext_lazy("promises", "owed")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["access", "because"], name="access_owed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit} to {self.access_id}"

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return ``moment`` moved by what is owed: days, or periods of the product's rhythm."""
        if self.unit == self.Unit.DAY:
            return clock.add_period(moment, "day", self.amount, zone)
        rhythm = self.access.product.rhythm or "month"
        return clock.add_period(moment, rhythm, self.amount, zone)
