"""Documents: what the law wants written of each payment, numbered without gaps, never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, money, tokens
from payments.models.disputes import Dispute
from payments.models.money import Payment, Refund
from payments.models.orders import Order
from payments.querysets import DocumentDueQuerySet, DocumentQuerySet, HookDeliveryQuerySet
from stores.models import Store, StoreModel
from stores.scope import StoreManager

FIRST_NUMBER = 1001

DocumentManager = StoreManager.from_queryset(DocumentQuerySet)
DocumentDueManager = StoreManager.from_queryset(DocumentDueQuerySet)
HookDeliveryManager = StoreManager.from_queryset(HookDeliveryQuerySet)


class DocumentChangedError(TypeError):
    """A document is never changed and never deleted: another one takes it back."""


class Document(StoreModel):
    """One numbered paper. Amounts are in minor units and positive; the kind says which way."""

    class Kind(models.TextChoices):
        """What it is to the tax authority; each kind has a row of numbers of its own."""

        RECEIPT = "receipt", pgettext_lazy("document", "receipt")
        INVOICE = "invoice", pgettext_lazy("document", "tax invoice")
        INVOICE_RECEIPT = "invoice_receipt", pgettext_lazy("document", "tax invoice and receipt")
        CREDIT = "credit", pgettext_lazy("document", "credit note")
        PROFORMA = "proforma", pgettext_lazy("document", "request for payment")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    number = models.PositiveIntegerField(_("number"))
    source = models.CharField(max_length=60)
    """What it was issued for: unique, so that twice is once."""
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    about = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    """The document it takes back, gives again or replaces."""
    issued_at = models.DateTimeField()
    issued_on = models.DateField(_("date"))
    """The day in the store's zone."""
    language = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    net = models.PositiveIntegerField()
    vat = models.PositiveIntegerField()
    total = models.PositiveIntegerField(_("total"))
    vat_basis_points = models.PositiveSmallIntegerField(null=True, blank=True)
    """1800 is 18 %; empty where the seller charges no VAT."""
    snapshot = models.JSONField()
    """Seller, buyer, lines and means of payment as they were: a page is made of nothing else."""

    objects: ClassVar = DocumentManager()

    class Meta(StoreModel.Meta):
        ordering = ("-issued_at", "-id")
        verbose_name = pgettext_lazy("on paper", "document")
        verbose_name_plural = pgettext_lazy("on paper", "documents")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "kind", "number"], name="payments_document_number_once"
            ),
            models.UniqueConstraint(
                fields=["store", "source"], name="payments_document_source_once"
            ),
            models.CheckConstraint(
                condition=models.Q(total=models.F("net") + models.F("vat")),
                name="payments_document_adds_up",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "issued_on"], name="payments_document_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it once."""
        if not self._state.adding:
            raise DocumentChangedError(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise DocumentChangedError(str(self))

    @property
    def sign(self) -> int:
        """1 for money that came in, -1 for money taken back, 0 for what asks for money."""
        return {self.Kind.CREDIT: -1, self.Kind.PROFORMA: 0}.get(self.Kind(self.kind), 1)

    def display(self, language: str | None = None) -> str:
        """Return the total in the reader's language."""
        return money.display(self.total, self.currency, language)


class DocumentCounter(StoreModel):
    """The next number of one kind: taken under this row's lock, with the document it is for."""

    kind = models.CharField(max_length=16, choices=Document.Kind.choices)
    next_number = models.PositiveIntegerField(default=FIRST_NUMBER)

    class Meta(StoreModel.Meta):
        verbose_name = _("counter of documents")
        verbose_name_plural = _("counters of documents")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "kind"], name="payments_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.next_number}"


class DocumentFile(StoreModel):
    """The PDF of a document as it was first made: the same bytes for ever."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    is_copy = models.BooleanField(default=False)
    """The customer's is the original, the seller's own a copy."""
    name = models.CharField(max_length=300, unique=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = _("file of a document")
        verbose_name_plural = _("files of documents")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["document", "is_copy"], name="payments_documentfile_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DocumentDue(StoreModel):
    """A document that is to be issued, written in the transaction of what it is for."""

    class What(models.TextChoices):
        """What happened."""

        PAID = "paid", _("a payment")
        REFUNDED = "refunded", _("a refund")
        NOT_REFUNDED = "not_refunded", _("a refund that failed")
        LOST = "lost", _("a dispute that was lost")

    what = models.CharField(max_length=14, choices=What.choices)
    source = models.CharField(max_length=60)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="documents_due")
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    refund = models.ForeignKey(
        Refund, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    dispute = models.ForeignKey(
        Dispute, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    next_attempt_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    """When it was issued, or given to whoever issues it elsewhere."""

    objects: ClassVar = DocumentDueManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = _("document to issue")
        verbose_name_plural = _("documents to issue")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "source"], name="payments_documentdue_source_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(settled_at=None),
                name="payments_documentdue_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.source


class Bookkeeping(StoreModel):
    """Who issues the store's documents: we, or another system that hears of each payment."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="bookkeeping", editable=False
    )
    is_elsewhere = models.BooleanField(
        _("another system issues my receipts and invoices"), default=False
    )
    hook_url = models.URLField(_("address that hears of each payment"), max_length=300, blank=True)
    secret = models.CharField(max_length=64, blank=True, editable=False)
    secret_made_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(StoreModel.Meta):
        verbose_name = _("bookkeeping")
        verbose_name_plural = _("bookkeepings")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.hook_url or "-"


class HookDelivery(StoreModel):
    """One call to the store's other system, its body fixed when it was written."""

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", pgettext_lazy("delivery", "on its way")
        DONE = "done", pgettext_lazy("delivery", "arrived")
        FAILED = "failed", pgettext_lazy("delivery", "did not arrive")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    source = models.CharField(max_length=60)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    next_attempt_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    objects: ClassVar = HookDeliveryManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("call to another system")
        verbose_name_plural = _("calls to another system")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "source"], name="payments_hook_source_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="waiting"),
                name="payments_hook_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.source
