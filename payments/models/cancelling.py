"""Notices that a purchase is cancelled: numbered, timed, and what followed from each."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, money, tokens
from payments.models.money import Refund
from payments.models.orders import Order, OrderLine
from payments.querysets import CancelNoticeQuerySet
from stores.models import Store, StoreModel
from stores.scope import StoreManager

CancelNoticeManager = StoreManager.from_queryset(CancelNoticeQuerySet)


class CancelPolicy(StoreModel):
    """What a store allows beyond the law, and the counter of its notices."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="cancel_policy", editable=False
    )
    days = models.PositiveSmallIntegerField(
        _("days to cancel"), null=True, blank=True, validators=[MaxValueValidator(3650)]
    )
    """Counted from the purchase; fewer than the law's change nothing."""
    after_opening = models.BooleanField(_("also after it was opened"), default=False)
    charges_fee = models.BooleanField(_("keep the fee that may be kept"), default=False)
    fee_basis_points = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(10_000)]
    )
    """The store's own fee, only where no law says what it may be; 500 is 5 %."""
    next_number = models.PositiveIntegerField(default=1, editable=False)

    class Meta(StoreModel.Meta):
        verbose_name = _("terms of cancelling")
        verbose_name_plural = pgettext_lazy("plural", "terms of cancelling")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return str(_("terms of cancelling"))


class CancelNotice(StoreModel):
    """Somebody said that a purchase is cancelled. ``said_at`` is what every day is counted from."""

    class Channel(models.TextChoices):
        """How it was said."""

        PAGE = "page", pgettext_lazy("said", "on the cancel page")
        PHONE = "phone", pgettext_lazy("said", "by phone")
        IN_PERSON = "in_person", pgettext_lazy("said", "in person")
        MAIL = "mail", pgettext_lazy("said", "by mail")
        LETTER = "letter", pgettext_lazy("said", "by letter")
        REGISTERED = "registered", pgettext_lazy("said", "by registered mail")

    class Proof(models.TextChoices):
        """Why it is believed that the buyer said it."""

        NONE = "", pgettext_lazy("proof", "nothing yet")
        SIGNED_IN = "signed_in", pgettext_lazy("proof", "signed in")
        BROWSER = "browser", pgettext_lazy("proof", "from the browser that bought")
        MAILBOX = "mailbox", pgettext_lazy("proof", "by a link sent to the buyer's address")
        STAFF = "staff", pgettext_lazy("proof", "seen by the team")

    class State(models.TextChoices):
        """Where it is."""

        WAITING = "waiting", pgettext_lazy("notice", "which order?")
        CONFIRMING = "confirming", pgettext_lazy("notice", "waiting for the buyer's click")
        REQUEST = "request", pgettext_lazy("notice", "waiting for an answer")
        DONE = "done", pgettext_lazy("notice", "cancelled")
        REFUSED = "refused", pgettext_lazy("notice", "answered: no")
        KEPT = "kept", pgettext_lazy("notice", "kept after all")

    OPEN_STATES: ClassVar[tuple[str, ...]] = ("waiting", "confirming", "request")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    number = models.PositiveIntegerField(_("number"))
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.PAGE)
    taken_by = models.CharField(max_length=80, blank=True)
    """Who of the team heard it, when it was not written on the page."""
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    typed_number = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    language = models.CharField(max_length=8)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="cancel_notices"
    )
    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.PROTECT, related_name="cancel_notices"
    )
    """The order it is about, once that is sure; before that, the one it seems to be about."""
    line = models.ForeignKey(
        OrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="cancel_notices"
    )
    """The one thing of the order it is about; empty for all of it."""
    proof = models.CharField(max_length=10, choices=Proof.choices, blank=True)
    is_protected = models.BooleanField(default=False)
    """Whether the law gives this buyer longer (see services.cancelling.law)."""
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    rules = models.CharField(max_length=20, blank=True)
    """Which rules it was judged by: country and the day they began."""
    because = models.CharField(max_length=20, blank=True)
    refund_due_by = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=4000, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    key_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    """Of the key in the mail to the buyer's address: who opens it has that mailbox."""

    objects: ClassVar = CancelNoticeManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("cancel notice")
        verbose_name_plural = _("cancel notices")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "number"], name="payments_cancelnotice_number"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("done", "request")) | Q(order__isnull=False),
                name="payments_cancelnotice_decided_has_an_order",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["store", "said_at"],
                condition=Q(state__in=("waiting", "confirming", "request")),
                name="payments_cancelnotice_open",
            )
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer it."""
        return self.state in self.OPEN_STATES


class CancelledLine(StoreModel):
    """One thing of an order that is cancelled, and the money owed back for it."""

    notice = models.ForeignKey(CancelNotice, on_delete=models.PROTECT, related_name="cancelled")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="cancellations")
    at = models.DateTimeField()
    amount = models.PositiveIntegerField()
    """What goes back, in minor units."""
    fee = models.PositiveIntegerField(default=0)
    money_leaves_at = models.DateTimeField()
    """Until then it can be kept after all; then the refund is written down and sent."""
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="cancellations"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a notice", "cancelled line")
        verbose_name_plural = pgettext_lazy("of a notice", "cancelled lines")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(undone_at=None),
                name="payments_cancelledline_once_for_each_line",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["money_leaves_at"],
                condition=Q(refund=None, undone_at=None, amount__gt=0),
                name="payments_cancelledline_due",
            )
        ]

    def __str__(self) -> str:
        return str(self.line_id)

    def display(self, language: str | None = None) -> str:
        """Return what goes back, in the reader's language."""
        return money.display(self.amount, self.line.order.currency, language)
