"""Coupons, and each use of one by an order."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from payments.models.orders import Order
from payments.querysets import CouponRedemptionQuerySet
from products.models import Product
from stores.models import StoreModel
from stores.scope import StoreManager

CouponRedemptionManager = StoreManager.from_queryset(CouponRedemptionQuerySet)


class Coupon(StoreModel):
    """A code that takes a percentage or an amount (minor units) off what it is good for."""

    class Kind(models.TextChoices):
        """How the discount is reckoned."""

        PERCENT = "percent", pgettext_lazy("coupon", "percent")
        AMOUNT = "amount", pgettext_lazy("coupon", "an amount")

    class Lasts(models.TextChoices):
        """Which charges of what is paid again and again it lowers."""

        ONCE = "once", pgettext_lazy("coupon", "the first charge only")
        MONTHS = "months", pgettext_lazy("coupon", "the charges of some months")
        FOREVER = "forever", pgettext_lazy("coupon", "every charge")

    code = models.CharField(_("code"), max_length=40)
    """As it is compared: upper case, without spaces."""
    note = models.CharField(_("for yourself: who is it for?"), max_length=120, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERCENT)
    percent = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    amount = models.PositiveIntegerField(null=True, blank=True)
    lasts = models.CharField(
        _("of a subscription it lowers"),
        max_length=8,
        choices=Lasts.choices,
        default=Lasts.ONCE,
    )
    months = models.PositiveSmallIntegerField(_("for how many months"), null=True, blank=True)
    """Counted from the first charge; only where it lowers the charges of some months."""
    starts_at = models.DateTimeField(_("good from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("good until"), null=True, blank=True)
    most_uses = models.PositiveIntegerField(_("how many times in all"), null=True, blank=True)
    most_per_customer = models.PositiveIntegerField(
        _("how many times for one customer"), null=True, blank=True
    )
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "code"],
                name="payments_coupon_code_is_unique",
                violation_error_message=_("There is a coupon with this code already."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="percent", percent__gte=1, percent__lte=100)
                | models.Q(kind="amount", amount__gt=0),
                name="payments_coupon_takes_something_off",
            ),
            models.CheckConstraint(
                condition=~models.Q(lasts="months") | models.Q(months__gt=0),
                name="payments_coupon_counts_its_months",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CouponProduct(StoreModel):
    """A product a coupon is good for; a coupon without any is good for all."""

    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="only_for")
    on_product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="coupons")

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("of a coupon", "product")
        verbose_name_plural = pgettext_lazy("of a coupon", "products")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["coupon", "on_product"], name="payments_couponproduct_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} → {self.on_product_id}"


class CouponRedemption(StoreModel):
    """One use: reserved while its order waits, used when it is paid, or released."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="redemption")
    email = models.EmailField()
    amount = models.PositiveIntegerField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = CouponRedemptionManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("of a coupon", "use")
        verbose_name_plural = pgettext_lazy("of a coupon", "uses")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.coupon_id} in {self.order_id}"
