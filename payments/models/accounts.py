"""Where a store's money goes, and who its customers are there."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from stores.models import StoreModel

FIRST_NUMBER = 1001
"""A first order numbered 1 would tell every customer that they are the first."""


class PaymentAccount(StoreModel):
    """The Stripe account a store charges through, and the counter of its orders.

    An empty ``stripe_account`` is the account our own key belongs to ("platform").
    """

    class Kind(models.TextChoices):
        """Whose account it is."""

        PLATFORM = "platform", _("the platform's account")
        DIRECT = "direct", _("the store's own account")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PLATFORM)
    stripe_account = models.CharField(max_length=80, blank=True)
    charges_enabled = models.BooleanField(default=True)
    fee_basis_points = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(10_000)]
    )
    next_number = models.PositiveIntegerField(default=FIRST_NUMBER)

    class Meta(StoreModel.Meta):
        verbose_name = _("way to be paid")
        verbose_name_plural = _("ways to be paid")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store"], name="payments_account_one_per_store"),
            models.CheckConstraint(
                condition=models.Q(kind="platform", stripe_account="")
                | models.Q(kind="direct") & ~models.Q(stripe_account=""),
                name="payments_account_direct_has_an_id",
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_account or self.kind


class StripeCustomer(StoreModel):
    """A customer of ours as Stripe knows them, in one account."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="at_stripe")
    stripe_account = models.CharField(max_length=80, blank=True)
    stripe_id = models.CharField(max_length=80)

    class Meta(StoreModel.Meta):
        verbose_name = _("customer at Stripe")
        verbose_name_plural = _("customers at Stripe")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_id"], name="payments_stripecustomer_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id
