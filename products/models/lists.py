"""Who waits to hear of a product, and how its opening day moved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, tokens
from products.models.products import Product
from products.querysets import ListEntryQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

ListEntryManager = StoreManager.from_queryset(ListEntryQuerySet)


class ListEntry(StoreModel):
    """Somebody who asked to hear when a product goes on sale, or is on sale again.

    Until the address is confirmed from its own mailbox there is no customer, and no mail but the
    one that asks.
    """

    class Kind(models.TextChoices):
        """What is waited for."""

        COMING_SOON = "coming_soon", pgettext_lazy("list", "coming soon")
        WAITING = "waiting", pgettext_lazy("list", "waiting list")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="list_entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    email = models.EmailField(_("email"))
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="list_entries"
    )
    question = models.CharField(max_length=160, blank=True)
    """The question as it was asked."""
    answer = models.TextField(_("answer"), max_length=1_000, blank=True)
    language = models.CharField(max_length=8)
    joined_at = models.DateTimeField(_("joined"), default=clock.now)
    asks = models.PositiveSmallIntegerField(default=0)
    """How many mails asked for confirmation."""
    confirmed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects: ClassVar = ListEntryManager()

    class Meta(StoreModel.Meta):
        ordering = ("-joined_at", "-id")
        verbose_name = pgettext_lazy("somebody on a list", "entry")
        verbose_name_plural = pgettext_lazy("people on lists", "lists")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["product", "kind", "email"], name="products_listentry_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False, told_at=None),
                name="products_listentry_due",
            ),
            models.Index(fields=["joined_at"], name="products_listentry_asked"),
        ]

    def __str__(self) -> str:
        return self.email


class OpeningMove(StoreModel):
    """One change of a presale's opening: named, moved, found late, opened. Appended, never changed.

    The day moved from is what buyers were told, so the mail about it can name both.
    """

    class What(models.TextChoices):
        """What happened to the opening."""

        NAMED = "named", pgettext_lazy("an opening", "named")
        MOVED = "moved", pgettext_lazy("an opening", "moved")
        LATE = "late", pgettext_lazy("an opening", "late")
        OPENED = "opened", pgettext_lazy("an opening", "opened")
        DROPPED = "dropped", pgettext_lazy("an opening", "no day any more")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="opening_moves")
    what = models.CharField(max_length=8, choices=What.choices)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80, blank=True)
    was = models.DateTimeField(null=True, blank=True)
    becomes = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("an opening", "change")
        verbose_name_plural = pgettext_lazy("an opening", "changes")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.what} {self.product_id}"
