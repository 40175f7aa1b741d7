"""Orders: one checkout each, with a snapshot of what was quoted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from core import clock, money, tokens
from payments.models.ways import OtherWay
from payments.querysets import OrderQuerySet
from products.contract import SoldLine
from products.models import Price, Product
from stores.models import StoreModel
from stores.scope import StoreManager

OrderManager = StoreManager.from_queryset(OrderQuerySet)


class Order(StoreModel):
    """One checkout and what was in it. Amounts are in minor units of ``currency``."""

    class Status(models.TextChoices):
        """Where an order is."""

        PENDING = "pending", pgettext_lazy("order", "waiting for payment")
        PAID = "paid", pgettext_lazy("order", "paid")
        REVIEW = "review", pgettext_lazy("order", "to be looked at")
        EXPIRED = "expired", pgettext_lazy("order", "not paid in time")
        CANCELLED = "cancelled", pgettext_lazy("order", "given up")
        REFUNDED = "refunded", pgettext_lazy("order", "money returned")
        PARTLY_REFUNDED = "partly_refunded", pgettext_lazy("order", "partly returned")
        CHARGED_BACK = "charged_back", pgettext_lazy("order", "taken back by the bank")

    class Provider(models.TextChoices):
        """Who takes the money."""

        FREE = "free", _("nothing to pay")
        STRIPE = "stripe", _("card")
        TRANSFER = "transfer", _("another way")
        TEST = "test", _("a test, nothing paid")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    number = models.PositiveIntegerField(_("number"))
    attempt = models.CharField(max_length=20, editable=False)
    """The checkout page it came from: sending that page twice makes one order."""
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    email = models.EmailField(_("email"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    buyer_company = models.CharField(_("company"), max_length=120, blank=True)
    buyer_tax_id = models.CharField(_("tax number"), max_length=24, blank=True)
    buyer_country = models.CharField(max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=8)
    status = models.CharField(
        _("state"), max_length=16, choices=Status.choices, default=Status.PENDING
    )
    review_reason = models.CharField(max_length=300, blank=True)
    currency = models.CharField(max_length=3)
    total = models.PositiveIntegerField(_("total"))
    discount = models.PositiveIntegerField(default=0)
    """What a coupon took off, already taken off in ``total``."""
    basket = models.JSONField(default=dict, blank=True)
    """What was chosen on the checkout page (see payments.contract.Basket)."""
    consents = models.JSONField(default=dict, blank=True)
    """Which consents were given at checkout, by key, and when."""
    may_remind = models.BooleanField(default=False)
    """Whether its maker ticked that one reminder may be sent, should it stay unpaid."""
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers"
    )
    """The order after which this one was offered and taken."""
    provider = models.CharField(max_length=10, choices=Provider.choices)
    way = models.ForeignKey(
        OtherWay, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    """The store's own way it is to be paid, where it is not by card."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    stripe_account = models.CharField(max_length=80, blank=True)
    stripe_session_id = models.CharField(max_length=120, null=True, blank=True)
    stripe_intent_id = models.CharField(max_length=120, null=True, blank=True)
    """The payment intent that pays it where there is no session: a charge of a kept card."""
    checkout_url = models.TextField(blank=True)
    subscription = models.ForeignKey(
        "payments.Subscription",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="renewals",
    )
    """Of what this is a later charge: nobody placed it, the card was charged by itself."""
    sync_version = models.PositiveIntegerField(default=0)
    is_test = models.BooleanField(default=False)
    source = models.CharField(max_length=20, blank=True, editable=False)
    """Where the link was put by which its buyer came: a short word of the creator's own links."""
    owned_before = models.BooleanField(default=False)
    """Whether the customer had all of it already when this was paid: somebody should ask."""
    placed_at = models.DateTimeField(_("placed"), default=clock.now)
    terms_accepted_at = models.DateTimeField()
    address_mends = models.PositiveSmallIntegerField(default=0)
    """How often its buyer mended a mistyped address."""
    expires_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(_("paid on"), null=True, blank=True)

    objects: ClassVar = OrderManager()

    class Meta(StoreModel.Meta):
        ordering = ("-placed_at", "-id")
        verbose_name = pgettext_lazy("bought", "order")
        verbose_name_plural = pgettext_lazy("bought", "orders")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "number"], name="payments_order_number"),
            models.UniqueConstraint(fields=["store", "attempt"], name="payments_order_attempt"),
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_session_id"], name="payments_order_session"
            ),
            models.UniqueConstraint(
                fields=["stripe_account", "stripe_intent_id"], name="payments_order_intent"
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=("paid", "refunded", "partly_refunded"))
                | models.Q(paid_at__isnull=False),
                name="payments_order_paid_has_a_moment",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["placed_at"],
                condition=models.Q(status="pending"),
                name="payments_order_waiting",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(reminded_at=None, paid_at=None),
                name="payments_order_to_remind",
            ),
            models.Index(fields=["store", "-paid_at"], name="payments_order_sales"),
            models.Index(
                fields=["store", "subscription", "paid_at"],
                condition=models.Q(subscription__isnull=False),
                name="payments_order_later",
            ),
            models.Index(
                fields=["store", "id"],
                condition=models.Q(status="review"),
                name="payments_order_review",
            ),
            models.Index(
                fields=["store", "status", "paid_at"],
                condition=models.Q(owned_before=True),
                name="payments_order_owned_before",
            ),
            models.Index(
                fields=["store", "id"],
                condition=models.Q(is_test=True),
                name="payments_order_tests",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_paid(self) -> bool:
        """Whether it was paid for, whatever was given back since."""
        return self.paid_at is not None

    @property
    def is_renewal(self) -> bool:
        """Whether it is a later charge of what was bought before."""
        return self.subscription_id is not None

    def display_total(self, language: str | None = None) -> str:
        """Return the total in the reader's language."""
        return money.display(self.total, self.currency, language)

    def total_in_words(self) -> str:
        """Return the total as a list names it: nothing is "free"."""
        return self.display_total() if self.total else gettext("free")


class OrderLine(StoreModel):
    """One thing in an order, as it was quoted. Its primary key is the source of what it gives."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="order_lines")
    title = models.CharField(max_length=120)
    label = models.CharField(max_length=80, blank=True)
    amount = models.PositiveIntegerField()
    """For one, before any coupon."""
    quantity = models.PositiveIntegerField(default=1)
    discount = models.PositiveIntegerField(default=0)
    """The coupon's part that fell on this line."""
    shipping = models.PositiveIntegerField(default=0)
    """Its part of what posting costs."""
    is_posted = models.BooleanField(default=False)
    """Whether a copy is posted or picked up."""
    opens = models.BooleanField(default=True)
    """Whether it gives access; a copy in print alone does not."""
    comes_on = models.DateField(null=True, blank=True)
    """From when on it is posted, as its buyer was told."""
    tax = models.PositiveIntegerField(default=0)
    """Tax added on top, where the store's prices are without it."""
    is_extra = models.BooleanField(default=False)
    """Taken beside what the buyer came for."""
    option = models.CharField(max_length=40, blank=True)
    length = models.CharField(max_length=10)
    length_count = models.PositiveSmallIntegerField(null=True, blank=True)
    length_unit = models.CharField(max_length=8, blank=True)
    length_until = models.DateField(null=True, blank=True)
    charged_from = models.DateTimeField(null=True, blank=True)
    """When what returns is charged first, where that was paid for elsewhere until then."""
    renews = models.ForeignKey(
        "payments.RenewHere",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lines",
    )
    """The letter it answers, by somebody who moved in."""
    charges = models.PositiveSmallIntegerField(null=True, blank=True)
    """In how many monthly charges it is paid, this being the first; empty where it is one."""
    later = models.PositiveIntegerField(default=0)
    """What each of the later charges costs, with tax where that comes on top."""
    closed_at = models.DateTimeField(null=True, blank=True)
    """When what it gave was taken back because its money was."""
    held_at = models.DateTimeField(null=True, blank=True)
    """When what it gave was put on hold because its payment is disputed."""

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of an order", "line")
        verbose_name_plural = pgettext_lazy("of an order", "lines")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="payments_orderline_has_a_quantity"
            ),
            models.CheckConstraint(
                condition=models.Q(discount__lte=models.F("amount") * models.F("quantity")),
                name="payments_orderline_discount_at_most_its_amount",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """What it is called where there is one line for it, with how many of it."""
        return self.title if self.quantity == 1 else f"{self.title} × {self.quantity}"

    @property
    def total(self) -> int:
        """What this line cost, in minor units."""
        return self.amount * self.quantity - self.discount + self.shipping + self.tax

    @property
    def shipping_total(self) -> int:
        """What posting it cost with the tax that fell on that, within ``total``."""
        net = self.total - self.tax
        return self.shipping + (self.tax * self.shipping // net if net else 0)

    def left_to_return(self) -> int:
        """Return how much of what it cost was not given back for it, nor asked to be."""
        asked: int = self.refunds.standing().aggregate(sum=Sum("amount"))["sum"] or 0
        return max(0, self.total - asked)

    def sold_to(self, customer: Customer | None) -> SoldLine:
        """Return it as its format is told of it: for its buyer, or who claimed it as a gift."""
        return SoldLine(
            order_reference=self.order.public_id,
            product=self.product,
            price=self.price,
            customer=customer,
            quantity=self.quantity,
            option=self.option,
            shipping=(self.order.basket.get("shipping") or {}) if self.is_posted else {},
        )
