"""What is sold, and the addresses it had."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock, tokens
from products.contract import ProductFormat, formats
from products.querysets import ProductQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

ProductManager = StoreManager.from_queryset(ProductQuerySet)


class Rhythm(models.TextChoices):
    """A product's period."""

    NONE = "", _("none")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")


class Category(StoreModel):
    """A shelf of the shop with a page of its own; a product stands on one or on none."""

    title = models.CharField(_("name of the category"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, allow_unicode=True, blank=True)
    description = models.CharField(_("one line about it"), max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(StoreModel.Meta):
        ordering = ("position", "id")
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "slug"],
                name="products_category_slug_is_unique",
                violation_error_message=_("Another category already has this address."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


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
    questions = models.JSONField(default=list, blank=True, editable=False)
    """What people ask before buying: each a question and its answer, in order."""
    cover = models.JSONField(default=dict, blank=True, editable=False)
    hue = models.PositiveSmallIntegerField(
        _("object's colour"), default=0, validators=[MaxValueValidator(11)]
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, blank=True)
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("the same in another language"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="translations",
    )
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="products",
        db_index=False,
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
            # The window's order, whatever their status: a page of it reads no more than it shows.
            models.Index(fields=["store", "position", "-id"], name="products_in_order"),
            # Of those in a category alone: a database that counts how often nothing stands there
            # would read all rows instead.
            models.Index(
                fields=["category", "status", "position"],
                condition=models.Q(category__isnull=False),
                name="products_of_a_category",
            ),
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
