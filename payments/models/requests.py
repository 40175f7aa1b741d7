"""What people ask who cannot find what they bought."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from payments.models.orders import Order
from stores.models import StoreModel


class FindRequest(StoreModel):
    """Somebody says that an order is theirs and that its address is not: staff decide."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", pgettext_lazy("request", "waiting")
        MOVED = "moved", pgettext_lazy("request", "moved to their address")
        REFUSED = "refused", pgettext_lazy("request", "nothing was moved")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    email = models.EmailField(_("email"))
    """Where they can be written to; it is proved by nothing."""
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("order number"), null=True, blank=True)
    last4 = models.CharField(_("last four digits"), max_length=4, blank=True)
    language = models.CharField(max_length=8)
    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="find_requests"
    )
    """The paid order with that number, if there is one; whether it is theirs is another matter."""
    is_proved = models.BooleanField(default=False)
    """Whether the last four digits are those of the card the order was paid with."""
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("for a purchase", "search")
        verbose_name_plural = pgettext_lazy("for a purchase", "searches")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.email
