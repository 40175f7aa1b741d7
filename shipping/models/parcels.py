"""Parcels: one for each copy that leaves, and the address somebody had things sent to last."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, tokens
from products.models import Price, Product
from shipping.contract import ADDRESS_FIELDS, Destination
from shipping.models.zones import PickupPoint, Zone
from shipping.querysets import WAITING, ParcelQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

ParcelManager = StoreManager.from_queryset(ParcelQuerySet)


class Addressed(models.Model):
    """A row with an address, column by column as ``Destination`` names them."""

    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    street = models.CharField(_("street"), max_length=160, blank=True)
    house = models.CharField(_("house number"), max_length=20, blank=True)
    extra = models.CharField(_("floor, flat, company"), max_length=120, blank=True)
    note = models.CharField(_("note to the courier"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def destination(self) -> Destination:
        """Where it goes; a point to pick up at is named by the row itself."""
        return Destination(**{name: getattr(self, name) for name in ADDRESS_FIELDS})


class Parcel(StoreModel, Addressed):
    """A copy that leaves (or is fetched), for one line of an order; sent again, another row."""

    class State(models.TextChoices):
        """Where it is."""

        TO_PACK = "to_pack", pgettext_lazy("parcel", "to pack")
        PACKED = "packed", pgettext_lazy("parcel", "packed")
        SENT = "sent", pgettext_lazy("parcel", "on its way")
        ARRIVED = "arrived", pgettext_lazy("parcel", "arrived")
        LOST = "lost", pgettext_lazy("parcel", "lost")
        BACK = "back", pgettext_lazy("parcel", "came back")
        CANCELLED = "cancelled", pgettext_lazy("parcel", "called off")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    order_reference = models.CharField(max_length=40)
    order_number = models.PositiveIntegerField(default=0)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="parcels")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="parcels")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="parcels")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(default=1)
    sending = models.PositiveSmallIntegerField(default=1)
    """1 for the first time it is sent, 2 when that one was lost."""
    zone = models.ForeignKey(
        Zone, null=True, blank=True, on_delete=models.SET_NULL, related_name="parcels"
    )
    pickup = models.ForeignKey(
        PickupPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="parcels"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.TO_PACK
    )
    not_before = models.DateField(_("not before"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    packed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was lost, came back or was called off."""
    missing_at = models.DateTimeField(null=True, blank=True)
    """When its receiver said that it did not arrive."""
    held_at = models.DateTimeField(null=True, blank=True)
    """Since when its payment is disputed, so that it should not leave."""
    unsold_at = models.DateTimeField(null=True, blank=True)
    """When its money went back, be it on its way or not."""

    objects: ClassVar = ParcelManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "order_reference", "price", "sending"],
                name="shipping_parcel_once_per_sending",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["store", "id"],
                condition=models.Q(state__in=WAITING),
                name="shipping_parcel_to_post",
            ),
            models.Index(fields=["order_reference"], name="shipping_parcel_of_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} · {self.title}"

    @property
    def is_waiting(self) -> bool:
        """Whether it still has to leave, so that its address may change."""
        return self.state in WAITING

    @property
    def hold_reference(self) -> str:
        """Under which name its copy is held: the order's for the first, its own for a later."""
        return self.order_reference if self.sending == 1 else self.public_id


class KeptAddress(StoreModel, Addressed):
    """Where a customer had things sent last: the next checkout begins with it."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="kept_address")

    class Meta(StoreModel.Meta):
        verbose_name = _("kept address")
        verbose_name_plural = _("kept addresses")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.name
