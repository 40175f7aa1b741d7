"""What is sold: products, their prices and parts, bundles and places held."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, money, tokens
from products.contract import ProductFormat, formats
from products.querysets import HoldQuerySet, PartQuerySet, PriceQuerySet, ProductQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

ProductManager = StoreManager.from_queryset(ProductQuerySet)
PriceManager = StoreManager.from_queryset(PriceQuerySet)
PartManager = StoreManager.from_queryset(PartQuerySet)
HoldManager = StoreManager.from_queryset(HoldQuerySet)


class Rhythm(models.TextChoices):
    """A product's period."""

    NONE = "", _("none")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")


class Product(StoreModel):
    """One thing for sale, of exactly one format; a format adds a child model."""

    class Status(models.TextChoices):
        """Where a product is in its life."""

        DRAFT = "draft", _("draft")
        HIDDEN = "hidden", _("by link only")
        COMING_SOON = "coming_soon", _("coming soon")
        PUBLISHED = "published", _("on sale")
        CLOSED = "closed", _("closed for now")
        RETIRED = "retired", _("no longer sold")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    format = models.CharField(max_length=20, editable=False)
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        allow_unicode=True,
        blank=True,
        help_text=_("The end of the page's address. Left empty, it is made from the title."),
    )
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    result = models.CharField(
        _("the one result or question it answers"), max_length=160, blank=True
    )
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    maker = models.CharField(_("the author shown"), max_length=80, blank=True)
    keeps = models.TextField(_("what stays mine"), max_length=1_000, blank=True)
    cover = models.JSONField(default=dict, blank=True, editable=False)
    hue = models.PositiveSmallIntegerField(
        _("object's colour"), default=0, validators=[MaxValueValidator(11)]
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, blank=True)
    translation_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="translations"
    )
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.DRAFT
    )
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, blank=True, default="")
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True, editable=False)
    """The promised opening of a presale; changed only by products.services.presale."""
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When a presale opened, once; whoever bought it before that waits for this."""
    late_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When the promised opening passed and it was not ready: it waits for a new day."""
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    """Of how many days before the opening its creator was warned last."""
    list_question = models.CharField(
        _("a question to those who join its list"), max_length=160, blank=True
    )
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = ProductManager()

    class Meta(StoreModel.Meta):
        ordering = ("position", "-id")
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "slug"],
                condition=~models.Q(slug=""),
                name="products_product_slug_is_unique",
                violation_error_message=_("Another product already has this address."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "status", "position"], name="products_listed"),
            models.Index(
                fields=["opens_at"],
                condition=models.Q(opens_at__isnull=False, opened_at=None),
                name="products_product_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def contract(self) -> ProductFormat:
        """The format's behaviour."""
        return formats[self.format]

    @property
    def is_sellable(self) -> bool:
        """Whether its status lets it be bought; what is late has no day to promise, so waits."""
        return self.status in {self.Status.PUBLISHED, self.Status.HIDDEN} and not self.late_at

    @property
    def is_presale(self) -> bool:
        """Whether its opening day was named and it has not been opened; only that decides."""
        return self.opens_at is not None and self.opened_at is None


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
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="owner_prices"
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on sale"), default=True)
    is_listed = models.BooleanField(default=True)
    sold_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = PriceManager()

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = _("price")
        verbose_name_plural = _("prices")
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
        ]

    def __str__(self) -> str:
        return self.label or f"{self.get_kind_display()} {self.display()}"

    def display(self, language: str | None = None) -> str:
        """Return the amount in the reader's language."""
        return money.display(self.amount, self.currency, language)

    @property
    def is_frozen(self) -> bool:
        """Whether it was sold and so never changes in what matters."""
        return self.sold_at is not None


FROZEN_PRICE_FIELDS = ("kind", "amount", "currency", "interval", "charges", "trial_days", "floor")


class Inclusion(StoreModel):
    """A product (or one price of it, a tier) includes another product."""

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="inclusions")
    price = models.ForeignKey(
        Price, null=True, blank=True, on_delete=models.CASCADE, related_name="inclusions"
    )
    included = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="included_in")
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    """When those who bought earlier are looked for next; empty when all of them have it."""
    settles_at = models.DateTimeField(null=True, blank=True)
    """From when on no purchase can be under way that does not know of this row."""
    worked_to = models.BigIntegerField(default=0)
    """The last access looked at."""

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = pgettext_lazy("bundle", "included product")
        verbose_name_plural = pgettext_lazy("bundle", "included products")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["bundle", "included"],
                condition=models.Q(price=None),
                name="products_inclusion_once",
            ),
            models.UniqueConstraint(
                fields=["price", "included"],
                condition=models.Q(price__isnull=False),
                name="products_inclusion_once_per_price",
            ),
            models.CheckConstraint(
                condition=~models.Q(bundle=models.F("included")),
                name="products_inclusion_not_itself",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False),
                name="products_inclusion_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bundle_id} ⊃ {self.included_id}"


class OldAddress(StoreModel):
    """An address a product had: it leads to where the product is now."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="old_addresses")
    slug = models.SlugField(max_length=80, allow_unicode=True)

    class Meta(StoreModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "slug"], name="products_oldaddress_once"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} → {self.product_id}"


class Part(StoreModel):
    """One thing that can be opened on its own: file, issue, article, lesson, recording, step."""

    class Release(models.TextChoices):
        """When a part opens for somebody with access."""

        AT_ONCE = "at_once", _("at once")
        AFTER_DAYS = "after_days", _("days after the start")
        ON_DATE = "on_date", _("on a date")
        AT_TENURE = "at_tenure", _("at a month of membership")
        AFTER_PART = "after_part", _("after another part is finished")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="parts")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(max_length=20)
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveIntegerField(default=0)
    preview = models.BooleanField(_("open to anyone"), default=False)
    release = models.CharField(max_length=12, choices=Release.choices, default=Release.AT_ONCE)
    release_days = models.PositiveIntegerField(null=True, blank=True)
    release_on = models.DateField(null=True, blank=True)
    release_tenure = models.PositiveIntegerField(null=True, blank=True)
    release_after = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="opens_next"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    length_seconds = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar = PartManager()

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = pgettext_lazy("of a product", "part")
        verbose_name_plural = pgettext_lazy("of a product", "parts")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.title


class Hold(StoreModel):
    """A place or copy taken by an order until it is paid for, sold, or released."""

    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="holds")
    option = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    order_reference = models.CharField(max_length=40)
    until = models.DateTimeField()
    sold_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

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
